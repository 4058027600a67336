import {
  createDataset,
  type Dataset,
  derive,
  joinFields,
  type MemoryDataset,
  SandglassError,
  type StoredField,
  shapesOf,
} from '@sandglass/core'

/**
 * The same samples with `target`, what a model should produce: another field of the dataset by name, or a field of
 * its own (the clean images behind noisy inputs). A view. Throws `SandglassError` (`data`) when there is no such field
 * or it has another number of samples.
 */
export function withTarget(dataset: MemoryDataset, target: string | StoredField): MemoryDataset
export function withTarget(dataset: Dataset, target: string | StoredField): Dataset
export function withTarget(dataset: Dataset, target: string | StoredField): Dataset {
  if (typeof target !== 'string') return joinFields(dataset, createDataset(dataset.name, { target }))
  const description = Object.hasOwn(dataset.fields, target) ? dataset.fields[target] : undefined
  if (!description)
    throw new SandglassError('data', `dataset "${dataset.name}" has no field "${target}"`, {
      expected: `one of ${Object.keys(dataset.fields).join(', ')}`,
    })
  const fields = { ...dataset.fields, target: description }
  const shapes = shapesOf(fields)
  const source = (field: string) => (field === 'target' ? target : field)
  return derive(dataset, {
    fields,
    needs: (wanted) => [...new Set(wanted.map(source))],
    see: (batch) => ({
      size: batch.size,
      fields: shapes,
      fill: (field, out) => batch.fill(source(field), out),
    }),
  })
}
