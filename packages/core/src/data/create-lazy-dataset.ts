import type { Batch } from '../batch'
import type { Dataset, FieldDescriptions } from '../dataset'
import { checkedRows, selectedRows } from './rows'

export interface LazyDatasetOptions {
  readonly size: number
  readonly fields: FieldDescriptions
  /** The samples at `rows`, in that order, of which `fields` will be asked for. Rows are those that there are. */
  read(rows: Int32Array, fields: readonly string[]): Batch | Promise<Batch>
}

/**
 * A dataset whose samples are read or computed when they are asked for.
 *
 * @example
 * const squares = createLazyDataset('squares', {
 *   size: 1000,
 *   fields: { input: { shape: [1], dtype: 'float32' } },
 *   read: (rows) => createBatch({ input: { shape: [1], data: Float32Array.from(rows, (row) => row * row) } }),
 * })
 */
export function createLazyDataset(name: string, { size, fields, read }: LazyDatasetOptions): Dataset {
  const all = Object.keys(fields)
  const view = (count: number, placesOf: (rows: Int32Array) => Int32Array): Dataset =>
    Object.freeze({
      name,
      size: count,
      fields,
      select: (rows: ArrayLike<number>) => {
        const chosen = placesOf(selectedRows(`dataset "${name}"`, count, rows))
        return view(chosen.length, (places) => places.map((place) => chosen[place]!))
      },
      batch: (rows: ArrayLike<number>, wanted: readonly string[] = all) =>
        read(placesOf(checkedRows(`dataset "${name}"`, count, rows)), wanted),
    })
  return view(size, (rows) => rows)
}
