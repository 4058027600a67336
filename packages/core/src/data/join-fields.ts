import type { Batch } from '../batch'
import type { Dataset, MemoryDataset } from '../dataset'
import { SandglassError } from '../errors'
import { after, together } from './after'
import { shapesOf } from './stored-field'

/**
 * The same samples with the fields of both datasets; where both have one of a name, that of `added` counts. Throws
 * `SandglassError` (`data`) when they differ in size.
 */
export function joinFields(dataset: MemoryDataset, added: MemoryDataset): MemoryDataset
export function joinFields(dataset: Dataset, added: Dataset): Dataset
export function joinFields(dataset: Dataset, added: Dataset): Dataset {
  if (dataset.size !== added.size)
    throw new SandglassError('data', `dataset "${dataset.name}": fields differ in size`, {
      got: `${dataset.size} samples and ${added.size} of ${quoted(added)}`,
      expected: 'as many samples in every field',
    })
  const fields = Object.freeze({ ...dataset.fields, ...added.fields })
  const shapes = Object.freeze(shapesOf(fields))
  const all = Object.keys(fields)
  const joined = (one: Batch, other: Batch): Batch => ({
    size: one.size,
    fields: shapes,
    fill: (field, out) => (Object.hasOwn(added.fields, field) ? other : one).fill(field, out),
  })
  return Object.freeze({
    name: dataset.name,
    size: dataset.size,
    fields,
    select: (rows: ArrayLike<number>) => joinFields(dataset.select(rows), added.select(rows)),
    batch: (rows: ArrayLike<number>, wanted: readonly string[] = all) => {
      const isAdded = (field: string) => Object.hasOwn(added.fields, field)
      const parts = [
        dataset.batch(
          rows,
          wanted.filter((field) => !isAdded(field)),
        ),
        added.batch(rows, wanted.filter(isAdded)),
      ]
      return after(together(parts), ([one, other]) => joined(one!, other!))
    },
  })
}

function quoted({ fields }: Dataset): string {
  return Object.keys(fields)
    .map((name) => `"${name}"`)
    .join(', ')
}
