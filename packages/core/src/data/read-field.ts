import type { Batch } from '../batch'
import type { Dataset, MemoryDataset } from '../dataset'
import { SandglassError } from '../errors'
import { type Shape, sizeOf } from '../shape'
import { range } from './rows'

/** Samples of one field: `[samples, …shape]`. */
export interface FieldValues {
  readonly shape: Shape
  readonly data: Float32Array
}

/** Samples read at a time. */
const CHUNK = 1024

/**
 * The values of one field, `[rows, …shape]`, as batches have them: of all samples, or of those at `rows`. A promise
 * where the dataset has to read them first. Throws `SandglassError` (`data`) when it has no such field or row.
 *
 * @example
 * const { data } = await readField(dataset, 'label')
 */
export function readField(dataset: MemoryDataset, field: string, rows?: ArrayLike<number>): FieldValues
export function readField(
  dataset: Dataset,
  field: string,
  rows?: ArrayLike<number>,
): FieldValues | Promise<FieldValues>
export function readField(
  dataset: Dataset,
  field: string,
  rows: ArrayLike<number> = range(0, dataset.size),
): FieldValues | Promise<FieldValues> {
  const description = Object.hasOwn(dataset.fields, field) ? dataset.fields[field] : undefined
  if (!description)
    throw new SandglassError('data', `dataset "${dataset.name}" has no field "${field}"`, {
      expected: `one of ${Object.keys(dataset.fields).join(', ')}`,
    })
  const { shape } = description
  const width = sizeOf(shape)
  const all = Int32Array.from(rows)
  const data = new Float32Array(all.length * width)
  const values = { shape: [all.length, ...shape], data }
  const write = (batch: Batch, at: number) =>
    batch.fill(field, data.subarray(at * width, (at + batch.size) * width))
  const batchAt = (at: number) => dataset.batch(all.subarray(at, at + CHUNK), [field])

  async function rest(pending: Promise<Batch>, from: number): Promise<FieldValues> {
    write(await pending, from)
    for (let at = from + CHUNK; at < all.length; at += CHUNK) write(await batchAt(at), at)
    return values
  }
  for (let at = 0; at < all.length; at += CHUNK) {
    const batch = batchAt(at)
    if (batch instanceof Promise) return rest(batch, at)
    write(batch, at)
  }
  return values
}
