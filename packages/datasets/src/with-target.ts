import { type Dataset, type Field, SandglassError } from '@sandglass/core'
import { createDataset, makeDataset } from './create-dataset'

/**
 * The same samples with `target`, what a model should produce: another field of the dataset by name, or a field of
 * its own (the clean images behind noisy inputs). Memory is shared.
 */
export function withTarget(dataset: Dataset, target: string | Field): Dataset {
  if (typeof target !== 'string') return createDataset(dataset.name, { ...dataset.fields, target })
  if (!Object.hasOwn(dataset.fields, target))
    throw new SandglassError('data', `dataset "${dataset.name}" has no field "${target}"`, {
      expected: `one of ${Object.keys(dataset.fields).join(', ')}`,
    })
  return makeDataset(dataset.name, dataset.size, { ...dataset.fields, target: dataset.fields[target]! })
}
