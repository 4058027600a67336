import type { FieldDescription, StorageType } from '../dataset'
import { SandglassError } from '../errors'
import { type Shape, sizeOf } from '../shape'

export type StoredValues = Uint8Array | Int32Array | Float32Array | Float64Array

/** One field in memory: `[size, …shape]`, stored compactly; values are `data * scale + offset` once batched. */
export interface StoredField {
  readonly shape: Shape
  readonly data: StoredValues
  /** Default 1. */
  readonly scale?: number
  /** Default 0. */
  readonly offset?: number
  /** Names of a sample's values, row-major: the columns of a table. */
  readonly columns?: readonly string[]
  /** Names of the classes by number, where the values are class numbers. */
  readonly classes?: readonly string[]
}

/** Undefined when `data` is of no type that a field can be stored in. */
export function storageOf(data: unknown): StorageType | undefined {
  if (data instanceof Float32Array) return 'float32'
  if (data instanceof Uint8Array) return 'uint8'
  if (data instanceof Int32Array) return 'int32'
  return data instanceof Float64Array ? 'float64' : undefined
}

/** What a stored field holds, without its values. */
export function describeField({ shape, data, columns, classes }: StoredField): FieldDescription {
  return Object.freeze({
    shape: Object.freeze([...shape]),
    dtype: storageOf(data)!,
    ...(columns && { columns: Object.freeze([...columns]) }),
    ...(classes && { classes: Object.freeze([...classes]) }),
  })
}

/** Shapes by field: what batches say of themselves. */
export function shapesOf(fields: Readonly<Record<string, { readonly shape: Shape }>>): Record<string, Shape> {
  return Object.fromEntries(Object.entries(fields).map(([name, { shape }]) => [name, shape]))
}

/** Where values of a field are to be written. */
interface Destination {
  /** Name of the dataset, for messages. */
  readonly of?: string
  /** Number of samples. */
  readonly size: number
  readonly out: ArrayLike<number>
}

/**
 * The field of this name. Throws `SandglassError` when there is none (`data`) or `out` has not just the room for its
 * samples (`shape`).
 */
export function storedNamed(
  stored: Readonly<Record<string, StoredField>>,
  name: string,
  { of, size, out }: Destination,
): StoredField {
  const what = of === undefined ? 'the batch' : `dataset "${of}"`
  const field = Object.hasOwn(stored, name) ? stored[name] : undefined
  if (!field)
    throw new SandglassError('data', `${what} has no field "${name}"`, {
      expected: `one of ${Object.keys(stored).join(', ')}`,
    })
  const width = sizeOf(field.shape)
  if (out.length !== size * width)
    throw new SandglassError('shape', `${what}: field "${name}" does not fit the array given`, {
      got: `room for ${out.length} values`,
      expected: `${size * width}: ${size} samples of ${width}`,
    })
  return field
}
