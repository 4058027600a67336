import type { Batch } from '../batch'
import type { FieldDescriptions, StreamedDataset } from '../dataset'
import { sizeOf } from '../shape'
import { createBatch } from './create-batch'
import type { StoredField } from './stored-field'

export interface StreamDescription {
  readonly fields: FieldDescriptions
  /** Number of samples in a pass, if it is known. */
  readonly size?: number
  /**
   * A new pass over the samples, in chunks of any size, always in the same order. `from` is the sample to begin with: a
   * stream that cannot begin there leaves `seek` out and begins with the first one. `fields` will be asked for.
   */
  read(options: { readonly from: number; readonly fields: readonly string[] }): AsyncIterable<Batch>
  /** Whether `read` heeds `from`. Default false: samples before it are read and left out. */
  readonly seek?: boolean
}

/**
 * Samples that come one after another, for `fit` and `evaluate`.
 *
 * @example
 * const stream = createStream('sensor', {
 *   fields: { input: { shape: [3], dtype: 'float32' } },
 *   read: async function* () {
 *     for await (const rows of log()) yield createBatch({ input: { shape: [3], data: Float32Array.from(rows.flat()) } })
 *   },
 * })
 */
export function createStream(
  name: string,
  { fields, size, read, seek = false }: StreamDescription,
): StreamedDataset {
  const all = Object.keys(fields)
  return Object.freeze({
    name,
    ...(size !== undefined && { size }),
    fields,
    read: ({ from = 0, fields: wanted = all } = {}) => {
      const chunks = read({ from, fields: wanted })
      return seek || from === 0 ? chunks : without(from, chunks, { fields, wanted })
    },
  } satisfies StreamedDataset)
}

async function* without(
  count: number,
  chunks: AsyncIterable<Batch>,
  { fields, wanted }: { fields: FieldDescriptions; wanted: readonly string[] },
): AsyncGenerator<Batch> {
  let left = count
  for await (const chunk of chunks) {
    if (left < chunk.size) yield left ? tail(chunk, left, { fields, wanted }) : chunk
    left = Math.max(0, left - chunk.size)
  }
}

/** The samples of a chunk from `from` on. */
function tail(
  chunk: Batch,
  from: number,
  { fields, wanted }: { fields: FieldDescriptions; wanted: readonly string[] },
): Batch {
  const stored = wanted.map((field): [string, StoredField] => {
    const { shape, dtype } = fields[field]!
    const width = sizeOf(shape)
    const data =
      dtype === 'float64' ? new Float64Array(chunk.size * width) : new Float32Array(chunk.size * width)
    chunk.fill(field, data)
    return [field, { shape, data: data.subarray(from * width) }]
  })
  return createBatch(Object.fromEntries(stored))
}
