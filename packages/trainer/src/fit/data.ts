import {
  type Batch,
  type Dataset,
  type Model,
  SandglassError,
  type Splits,
  sameShape,
  showShape,
  sizeOf,
} from '@sandglass/core'
import { firstNotFinite } from './finiteness'

export interface FitData {
  readonly train: Dataset
  readonly validation?: Dataset
}

/** Training and validation data. Throws `SandglassError` (`data`) when either is empty or the share is malformed. */
export function dataOf(data: Splits | Dataset, validation: Dataset | number | undefined): FitData {
  const splits: Splits = 'train' in data ? data : { train: data }
  checkNotEmpty(splits.train, 'training')
  if (typeof validation === 'number') return setAside(splits.train, validation)
  const chosen = validation ?? splits.validation
  if (chosen) checkNotEmpty(chosen, 'validation')
  return { train: splits.train, validation: chosen }
}

function checkNotEmpty({ name, size }: Dataset, role: string): void {
  if (!(size > 0))
    throw new SandglassError('data', `the ${role} data "${name}" is empty`, {
      got: `${size} samples`,
      expected: 'at least one',
    })
}

/** The last `share` of the samples, as Keras has it: the first ⌊n · (1 − share)⌋ stay. */
function setAside(dataset: Dataset, share: number): FitData {
  const kept = Math.floor(dataset.size * (1 - share))
  if (!(share > 0 && share < 1) || kept < 1)
    throw new SandglassError('data', 'the share of validation data is not usable', {
      got: `${share} of ${dataset.size} samples`,
      expected: 'a number between 0 and 1 that leaves at least one sample on either side',
    })
  return { train: part(dataset, 0, kept), validation: part(dataset, kept, dataset.size) }
}

function part(dataset: Dataset, start: number, end: number): Dataset {
  return {
    name: dataset.name,
    size: end - start,
    fields: Object.fromEntries(
      Object.entries(dataset.fields).map(([name, field]) => {
        const width = sizeOf(field.shape)
        return [name, { ...field, data: field.data.subarray(start * width, end * width) }]
      }),
    ),
    batch: (indices) => dataset.batch(Int32Array.from(indices, (index) => index + start)),
  }
}

/** Throws `SandglassError` unless the data has the fields that the model reads, in its shapes. */
export function checkFields(model: Model, { name, fields }: Dataset): void {
  for (const objective of model.objectives)
    for (const [field, need] of Object.entries(objective.fields)) {
      const found = fields[field]
      if (!found && need === 'required')
        throw new SandglassError('data', `the data "${name}" lacks the field "${field}"`, {
          got: Object.keys(fields).join(', ') || 'no fields',
          expected: `the fields that the objective "${objective.name}" reads`,
        })
      const expected = model.fields[field]
      if (found && expected && !sameShape(found.shape, expected))
        throw new SandglassError(
          'shape',
          `the field "${field}" of the data "${name}" does not fit the model`,
          {
            got: showShape(found.shape),
            expected: showShape(expected),
          },
        )
    }
}

/**
 * Batches of a dataset whose floating-point fields are checked as they are gathered. A batch throws `SandglassError`
 * (`data`) that names field and sample when a value is not finite.
 */
export function checkedBatches(dataset: Dataset): (indices: ArrayLike<number>) => Batch {
  const suspect = new Set(
    Object.entries(dataset.fields)
      .filter(
        ([, { data, scale = 1, offset = 0 }]) =>
          data instanceof Float32Array || !Number.isFinite(scale + offset),
      )
      .map(([name]) => name),
  )
  if (!suspect.size) return dataset.batch
  return (indices) => {
    const batch = dataset.batch(indices)
    return {
      size: batch.size,
      fields: batch.fields,
      fill: (field, out) => {
        batch.fill(field, out)
        if (suspect.has(field) && !allFinite(out)) throw notFinite(dataset.name, field, batch, indices, out)
      },
    }
  }
}

/** 0 · x is NaN exactly when x is not finite; four sums keep the processor busy. */
function allFinite(values: Float32Array): boolean {
  let a = 0
  let b = 0
  let c = 0
  let d = 0
  const whole = values.length & ~3
  for (let i = 0; i < whole; i += 4) {
    a += values[i]! * 0
    b += values[i + 1]! * 0
    c += values[i + 2]! * 0
    d += values[i + 3]! * 0
  }
  for (let i = whole; i < values.length; i++) a += values[i]! * 0
  return a + b + c + d === 0
}

function notFinite(
  dataset: string,
  field: string,
  batch: Batch,
  indices: ArrayLike<number>,
  values: Float32Array,
): SandglassError {
  const at = firstNotFinite(values)
  const width = sizeOf(batch.fields[field] ?? [])
  const sample = indices[Math.floor(at / width)]
  return new SandglassError('data', `the data "${dataset}" is not finite`, {
    got: `${values[at]} in sample ${sample} of the field "${field}" (element ${at % width})`,
    expected: 'finite numbers',
    advice: 'Remove or fill in such samples before training.',
  })
}
