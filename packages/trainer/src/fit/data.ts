import {
  after,
  type Batch,
  type Dataset,
  type Model,
  range,
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
  return { train: dataset.select(range(0, kept)), validation: dataset.select(range(kept, dataset.size)) }
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
 * Batches of a dataset with the fields that the model reads, of which the floating-point ones are checked as they are
 * gathered. A batch throws `SandglassError` (`data`) that names field and sample when a value is not finite.
 */
export function checkedBatches(
  dataset: Dataset,
  { objectives }: Model,
): (rows: ArrayLike<number>) => Batch | Promise<Batch> {
  const read = new Set(objectives.flatMap(({ fields }) => Object.keys(fields)))
  const fields = [...read].filter((field) => Object.hasOwn(dataset.fields, field))
  const suspect = new Set(fields.filter((field) => dataset.fields[field]!.dtype.startsWith('float')))
  if (!suspect.size) return (rows) => dataset.batch(rows, fields)
  return (rows) =>
    after(dataset.batch(rows, fields), (batch) => ({
      size: batch.size,
      fields: batch.fields,
      fill: (field, out) => {
        batch.fill(field, out)
        if (suspect.has(field) && !allFinite(out)) throw notFinite(dataset.name, field, batch, rows, out)
      },
    }))
}

/** 0 · x is NaN exactly when x is not finite; four sums keep the processor busy. */
function allFinite(values: Float32Array | Float64Array): boolean {
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
  values: ArrayLike<number>,
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
