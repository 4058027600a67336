import {
  type Batch,
  type Dataset,
  type FieldDescription,
  range,
  SandglassError,
  type StreamedDataset,
  sizeOf,
} from '@sandglass/core'

/** Samples read at a time. */
const CHUNK = 1024

/**
 * The values of one field in double precision, `[samples, …shape]` a chunk, in order, in one pass. The array is used
 * again for the next chunk.
 */
export async function* readValues(
  dataset: Dataset | StreamedDataset,
  field: string,
): AsyncGenerator<Float64Array> {
  const width = sizeOf(fieldNamed(dataset, field).shape)
  let room = new Float64Array(0)
  for await (const batch of chunksOf(dataset, field)) {
    const length = batch.size * width
    if (room.length < length) room = new Float64Array(length)
    const values = room.subarray(0, length)
    batch.fill(field, values)
    yield values
  }
}

async function* chunksOf(dataset: Dataset | StreamedDataset, field: string): AsyncGenerator<Batch> {
  if ('read' in dataset) yield* dataset.read({ fields: [field] })
  else
    for (let at = 0; at < dataset.size; at += CHUNK)
      yield await dataset.batch(range(at, Math.min(at + CHUNK, dataset.size)), [field])
}

/** What a field holds. Throws `SandglassError` (`data`) when there is none of this name. */
export function fieldNamed(
  { name, fields }: Pick<Dataset, 'name' | 'fields'>,
  field: string,
): FieldDescription {
  if (Object.hasOwn(fields, field)) return fields[field]!
  throw new SandglassError('data', `dataset "${name}" has no field "${field}"`, {
    expected: `one of ${Object.keys(fields).join(', ')}`,
  })
}
