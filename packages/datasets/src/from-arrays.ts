import {
  createDataset,
  describePosition,
  type MemoryDataset,
  SandglassError,
  type Shape,
  type StoredField,
  showShape,
  sizeOf,
} from '@sandglass/core'
import { narrow } from './narrow'

/** Numbers nested as deep as their shape: `[size, …shape]`. */
export type NestedNumbers = readonly number[] | readonly NestedNumbers[]

/** What `fromArrays` takes for a field: nested arrays, or flat data with the shape of one sample. */
export type ArrayField =
  | NestedNumbers
  | (Omit<StoredField, 'data'> & { data: StoredField['data'] | readonly number[] })

/**
 * A dataset from arrays in memory: `fromArrays({ input: [[0, 1], [1, 0]], label: [0, 1] })`. Typed arrays are kept
 * without a copy; other numbers are stored as 32-bit floats where these hold them exactly and in double precision
 * where not, those of the field `label` as integers.
 *
 * Throws `SandglassError` (code `data`) naming field, row and column for ragged rows and for values that are not
 * finite numbers, and for everything that `createDataset` refuses.
 */
export function fromArrays(
  fields: Readonly<Record<string, ArrayField>>,
  { name = 'arrays' }: { name?: string } = {},
): MemoryDataset {
  return createDataset(
    name,
    Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, asField(name, key, value)])),
  )
}

function asField(dataset: string, name: string, value: ArrayField): StoredField {
  if (Array.isArray(value)) {
    const shape = shapeOf(value)
    const numbers: unknown[] = []
    flatten(dataset, name, value, shape, numbers)
    return { shape: shape.slice(1), data: store(dataset, name, numbers, shape.slice(1)) }
  }
  if (typeof value !== 'object' || value === null || !('data' in value) || !('shape' in value))
    throw new SandglassError('data', `dataset "${dataset}": field "${name}" is not an array`, {
      got: value === null ? 'null' : typeof value,
      expected: 'nested arrays of numbers, or { data, shape } where shape is that of one sample',
    })
  const { data } = value as Exclude<ArrayField, NestedNumbers>
  const typed = data instanceof Float32Array || data instanceof Int32Array || data instanceof Uint8Array
  const kept = typed || (data instanceof Float64Array && name !== 'label')
  const stored = value as StoredField
  return { ...stored, data: kept ? data : store(dataset, name, data, stored.shape) }
}

/** Extents along the first element of each level. */
function shapeOf(value: unknown): number[] {
  const shape: number[] = []
  for (let level = value; Array.isArray(level); level = level[0]) shape.push(level.length)
  return shape
}

function flatten(
  dataset: string,
  name: string,
  value: unknown,
  shape: Shape,
  out: unknown[],
  depth = 0,
): void {
  if (depth === shape.length) {
    if (Array.isArray(value)) throw ragged(dataset, name, shape, out.length, 'a list', 'a number')
    out.push(value)
    return
  }
  if (!Array.isArray(value))
    throw ragged(dataset, name, shape, out.length, describe(value), `${shape[depth]} values`)
  if (value.length !== shape[depth])
    throw ragged(dataset, name, shape, out.length, `${value.length} values`, `${shape[depth]}`)
  for (const child of value) flatten(dataset, name, child, shape, out, depth + 1)
}

function ragged(dataset: string, name: string, shape: Shape, at: number, got: string, expected: string) {
  const row = Math.floor(at / Math.max(1, sizeOf(shape.slice(1))))
  return new SandglassError('data', `dataset "${dataset}": field "${name}" is ragged at row ${row}`, {
    got,
    expected: `${expected}, because the first row has shape ${showShape(shape.slice(1))}`,
  })
}

function store(
  dataset: string,
  name: string,
  numbers: ArrayLike<unknown>,
  shape: Shape,
): Float32Array | Float64Array | Int32Array {
  const data = name === 'label' ? new Int32Array(numbers.length) : new Float64Array(numbers.length)
  for (let i = 0; i < numbers.length; i++) {
    const value = numbers[i]
    if (typeof value !== 'number' || !Number.isFinite(value))
      throw new SandglassError('data', `dataset "${dataset}": field "${name}" is not finite`, {
        got: `${describe(value)} at ${describePosition(i, shape)}`,
        expected: 'finite numbers',
        advice: 'Remove or fill in such samples before training.',
      })
    if (name === 'label' && (!Number.isInteger(value) || value < 0 || value > 0x7fffffff))
      throw new SandglassError('data', `dataset "${dataset}": a label is not a class number`, {
        got: `${value} at ${describePosition(i, shape)}`,
        expected: 'whole numbers from 0',
        advice: 'Name the field "target" if these are quantities to predict.',
      })
    data[i] = value
  }
  return data instanceof Int32Array ? data : narrow(data)
}

function describe(value: unknown): string {
  return typeof value === 'string' ? JSON.stringify(value) : String(value)
}
