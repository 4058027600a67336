import {
  type AnyDataset,
  type Batch,
  type Dataset,
  derive,
  type MemoryDataset,
  SandglassError,
  type StreamedDataset,
  sizeOf,
} from '@sandglass/core'
import { z } from 'zod'
import { fieldNamed } from '../read-values'

const numbers = z.union([z.number(), z.array(z.number()).min(1)])

const scalerSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('standardise'), field: z.string(), mean: numbers, deviation: numbers }),
  z.strictObject({
    type: z.literal('minMax'),
    field: z.string(),
    minimum: numbers,
    maximum: numbers,
    range: z.tuple([z.number(), z.number()]),
  }),
  z.strictObject({ type: z.literal('robust'), field: z.string(), centre: numbers, spread: numbers }),
])

/**
 * A fitted scaler: plain JSON, so that it can be stored with the model that was trained on scaled data. Statistics are
 * single numbers when fitted on a field as a whole, else lists of one number a feature.
 */
export type Scaler = Readonly<z.infer<typeof scalerSchema>>

export interface FitOptions {
  /** Default `input`. */
  field?: string
  /** Statistics of each feature over the samples, or of the field as a whole. Default `feature`. */
  per?: 'feature' | 'field'
  /** Names of the columns that are scaled; the others stay as they are. Default: all. */
  columns?: readonly string[]
}

/** Reads a scaler from JSON. Throws `SandglassError` (code `data`) when it is malformed. */
export function parseScaler(json: unknown): Scaler {
  const result = scalerSchema.safeParse(json)
  const problem = result.success
    ? inconsistency(result.data)
    : result.error.issues.map((issue) => `${issue.path.join('.') || 'scaler'}: ${issue.message}`).join('; ')
  if (problem)
    throw new SandglassError('data', `malformed scaler: ${problem}`, {
      expected: 'what standardise, minMax or robust returned',
    })
  return result.data!
}

/**
 * The dataset or stream with the scaler's field scaled, a view: each batch is scaled as it comes, in double precision,
 * so that large numbers that differ little stay apart. Throws `SandglassError` when it has no such field (`data`) or
 * one of another size (`shape`).
 */
export function applyScaler(scaler: Scaler, dataset: MemoryDataset): MemoryDataset
export function applyScaler(scaler: Scaler, dataset: Dataset): Dataset
export function applyScaler(scaler: Scaler, dataset: StreamedDataset): StreamedDataset
export function applyScaler(scaler: Scaler, dataset: Dataset | StreamedDataset): Dataset | StreamedDataset {
  const { factor, shift } = affine(scaler)
  const field = fieldNamed(dataset, scaler.field)
  checkFeatures(scaler, factor, sizeOf(field.shape))
  const scale = (values: Float32Array | Float64Array, out: Float32Array | Float64Array) => {
    for (let i = 0, j = 0; i < out.length; i++) {
      out[i] = values[i]! * factor[j]! + shift[j]!
      if (++j === factor.length) j = 0
    }
  }
  return derive(dataset, {
    fields: { ...dataset.fields, [scaler.field]: { ...field, dtype: 'float32' } },
    see: (batch): Batch => ({
      ...batch,
      fill: (name, out) => {
        if (name !== scaler.field) return batch.fill(name, out)
        const values = new Float64Array(out.length)
        batch.fill(name, values)
        scale(values, out)
      },
    }),
  })
}

/** Takes values in the scaler's output range, such as a model's outputs `[n, …shape]`, back to the original range. */
export function invertScaler(scaler: Scaler, values: ArrayLike<number>): Float32Array {
  const { factor, shift } = affine(scaler)
  const width = factor.length
  if (values.length % width !== 0)
    throw new SandglassError('shape', `scaler of field "${scaler.field}": the values do not fit`, {
      got: `${values.length} values`,
      expected: `a multiple of ${width}, the number of features`,
    })
  const out = new Float32Array(values.length)
  for (let i = 0; i < out.length; i++) out[i] = (values[i]! - shift[i % width]!) / factor[i % width]!
  return out
}

export interface Features {
  /** The field to fit. */
  readonly field: string
  /** How many features it has. */
  readonly features: number
  /** What was fitted of each feature, or what leaves it as it is where it is not to be scaled. */
  chosen(fitted: Float64Array, neutral: number): number | number[]
}

/** Throws `SandglassError` (`data`) when the dataset lacks the field or the columns, or these are fitted as a whole. */
export function featuresOf(
  dataset: Pick<AnyDataset, 'name' | 'fields'>,
  { field = 'input', per = 'feature', columns }: FitOptions,
): Features {
  const { shape, columns: names = [] } = fieldNamed(dataset, field)
  const unknown = columns?.find((column) => !names.includes(column))
  if (unknown !== undefined || (columns && per === 'field'))
    throw new SandglassError(
      'data',
      `field "${field}" of the data "${dataset.name}": these columns cannot be scaled`,
      {
        got: unknown === undefined ? "columns and per: 'field'" : `the name "${unknown}"`,
        expected: unknown === undefined ? 'one of the two' : `some of ${names.join(', ') || 'no columns'}`,
      },
    )
  const isScaled = columns && names.map((name) => columns.includes(name))
  return {
    field,
    features: per === 'feature' ? sizeOf(shape) : 1,
    chosen: (fitted, neutral) =>
      compact(isScaled ? fitted.map((value, i) => (isScaled[i] ? value : neutral)) : fitted),
  }
}

/** A list of one number is kept as that number. */
function compact(values: Float64Array): number | number[] {
  return values.length === 1 ? values[0]! : [...values]
}

/** The scaler as `x · factor + shift`, per feature or with one element. Constant features are only shifted. */
function affine(scaler: Scaler): { factor: number[]; shift: number[] } {
  if (scaler.type === 'standardise') {
    const factor = list(scaler.deviation).map((deviation) => 1 / (deviation || 1))
    return { factor, shift: list(scaler.mean).map((mean, i) => -mean * factor[i]!) }
  }
  if (scaler.type === 'robust') {
    const factor = list(scaler.spread).map((spread) => 1 / (spread || 1))
    return { factor, shift: list(scaler.centre).map((centre, i) => -centre * factor[i]!) }
  }
  const [low, high] = scaler.range
  const minimum = list(scaler.minimum)
  const factor = list(scaler.maximum).map((maximum, i) => (high - low) / (maximum - minimum[i]! || 1))
  return { factor, shift: minimum.map((least, i) => low - least * factor[i]!) }
}

function list(value: number | number[]): number[] {
  return typeof value === 'number' ? [value] : value
}

function inconsistency(scaler: Scaler): string | undefined {
  const [a, b] =
    scaler.type === 'standardise'
      ? [scaler.mean, scaler.deviation]
      : scaler.type === 'robust'
        ? [scaler.centre, scaler.spread]
        : [scaler.minimum, scaler.maximum]
  if (list(a).length !== list(b).length) return 'its lists differ in length'
  if (scaler.type === 'standardise') return list(b).some((x) => x < 0) ? 'deviation is negative' : undefined
  if (scaler.type === 'robust') return list(b).some((x) => x < 0) ? 'spread is negative' : undefined
  if (list(b).some((x, i) => x < list(a)[i]!)) return 'maximum is below minimum'
  return scaler.range[0] < scaler.range[1] ? undefined : 'range is not ascending'
}

function checkFeatures(scaler: Scaler, factor: readonly number[], width: number): void {
  if (factor.length !== 1 && factor.length !== width)
    throw new SandglassError('shape', `scaler of field "${scaler.field}" does not fit the data`, {
      got: `samples of ${width} values`,
      expected: `${factor.length}, as when it was fitted`,
    })
}
