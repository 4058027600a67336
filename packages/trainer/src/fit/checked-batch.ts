import { type Batch, type Dataset, type Model, SandglassError, sizeOf } from '@sandglass/core'
import { firstNotFinite } from './finiteness'

/** Fields of the data that objectives of a model read. */
export function fieldsRead({ fields: held }: Pick<Dataset, 'fields'>, { objectives }: Model): string[] {
  const read = new Set(objectives.flatMap(({ fields }) => Object.keys(fields)))
  return [...read].filter((field) => Object.hasOwn(held, field))
}

/**
 * Batches whose floating-point fields are checked as they are gathered: `fill` throws `SandglassError` (`data`) that
 * names field and sample when a value is not finite. `rows` are the samples of the batch.
 */
export function checkedBatch(
  { name, fields: held }: Pick<Dataset, 'name' | 'fields'>,
  fields: readonly string[],
): (batch: Batch, rows: ArrayLike<number>) => Batch {
  const suspect = new Set(fields.filter((field) => held[field]?.dtype.startsWith('float')))
  if (!suspect.size) return (batch) => batch
  return (batch, rows) => ({
    size: batch.size,
    fields: batch.fields,
    fill: (field, out) => {
      batch.fill(field, out)
      if (suspect.has(field) && !allFinite(out)) throw notFinite(name, field, batch, rows, out)
    },
  })
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
  rows: ArrayLike<number>,
  values: ArrayLike<number>,
): SandglassError {
  const at = firstNotFinite(values)
  const width = sizeOf(batch.fields[field] ?? [])
  const sample = rows[Math.floor(at / width)]
  return new SandglassError('data', `the data "${dataset}" is not finite`, {
    got: `${values[at]} in sample ${sample} of the field "${field}" (element ${at % width})`,
    expected: 'finite numbers',
    advice: 'Remove or fill in such samples before training.',
  })
}
