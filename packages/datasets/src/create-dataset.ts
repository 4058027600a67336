import { type Dataset, type Field, SandglassError, showShape, sizeOf } from '@sandglass/core'
import { batchesOf } from './fields/batch'
import { describePosition } from './fields/position'

/**
 * A dataset from fields stored as typed arrays, each `[size, …shape]`. The arrays are kept, not copied: bytes stay
 * bytes until they are batched.
 *
 * Throws `SandglassError` (code `data`) when there is no sample, a field's length does not fit its shape, fields
 * differ in size, or a value is NaN or infinite.
 */
export function createDataset(name: string, fields: Readonly<Record<string, Field>>): Dataset {
  const names = Object.keys(fields)
  if (names.length === 0)
    throw new SandglassError('data', `dataset "${name}" has no fields`, {
      expected: 'at least a field named "input"',
    })
  let size: number | undefined
  for (const [field, value] of Object.entries(fields)) {
    const rows = checkedSize(name, field, value)
    if (size !== undefined && rows !== size)
      throw new SandglassError('data', `dataset "${name}": fields differ in size`, {
        got: `${size} samples of "${names[0]}" and ${rows} of "${field}"`,
        expected: 'as many samples in every field',
      })
    size = rows
    checkFinite(name, field, value)
  }
  return makeDataset(name, size!, fields)
}

/** A dataset from fields that are known to be sound. */
export function makeDataset(name: string, size: number, fields: Readonly<Record<string, Field>>): Dataset {
  const own = Object.freeze(
    Object.fromEntries(
      Object.entries(fields).map(([key, field]) => [
        key,
        Object.freeze({ ...field, shape: Object.freeze([...field.shape]) }),
      ]),
    ),
  )
  return Object.freeze({
    name,
    size,
    fields: own,
    batch: batchesOf(name, size, own),
  })
}

function checkedSize(dataset: string, name: string, field: Field): number {
  const { shape, data, scale = 1, offset = 0 } = field
  const where = `dataset "${dataset}": field "${name}"`
  if (!(data instanceof Float32Array || data instanceof Int32Array || data instanceof Uint8Array))
    throw new SandglassError('data', `${where} is not stored as a typed array`, {
      got: data === null ? 'null' : typeof data,
      expected: 'a Float32Array, an Int32Array or a Uint8Array',
      advice: 'fromArrays takes plain arrays of numbers.',
    })
  if (!Array.isArray(shape) || !shape.every((extent) => Number.isSafeInteger(extent) && extent > 0))
    throw new SandglassError('data', `${where} has a malformed shape`, {
      got: Array.isArray(shape) ? showShape(shape) : String(shape),
      expected:
        'the extents of one sample as positive whole numbers, like [28, 28], or [] for single numbers',
    })
  if (!Number.isFinite(scale) || !Number.isFinite(offset))
    throw new SandglassError('data', `${where} has a scale or offset that is not finite`, {
      got: `scale ${scale}, offset ${offset}`,
    })
  const width = sizeOf(shape)
  if (data.length === 0)
    throw new SandglassError('data', `dataset "${dataset}" is empty`, {
      got: `no samples in field "${name}"`,
      expected: 'at least one',
    })
  if (data.length % width !== 0)
    throw new SandglassError('data', `${where} does not fit its shape`, {
      got: `${data.length} values`,
      expected: `a multiple of ${width}, the size of one sample of shape ${showShape(shape)}`,
    })
  return data.length / width
}

function checkFinite(dataset: string, name: string, { data, shape }: Field): void {
  if (!(data instanceof Float32Array)) return
  for (let i = 0; i < data.length; i++)
    if (!Number.isFinite(data[i]!))
      throw new SandglassError('data', `dataset "${dataset}": field "${name}" is not finite`, {
        got: `${data[i]} at ${describePosition(i, shape)}`,
        expected: 'finite numbers',
        advice: 'Remove or fill in such samples before training.',
      })
}
