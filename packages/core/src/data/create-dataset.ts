import type { MemoryDataset } from '../dataset'
import { SandglassError } from '../errors'
import { showShape, sizeOf } from '../shape'
import { memoryDataset } from './memory-dataset'
import { describePosition } from './position'
import { type StoredField, storageOf } from './stored-field'

/**
 * A dataset from fields stored as typed arrays, each `[size, …shape]`. The arrays are kept, not copied: bytes stay
 * bytes until they are batched.
 *
 * Throws `SandglassError` (code `data`) when there is no sample, a field's length does not fit its shape, fields
 * differ in size, a value is NaN or infinite, or names of columns or classes do not fit.
 *
 * @example
 * const data = createDataset('two points', { input: { shape: [2], data: Float32Array.of(0, 1, 1, 0) } })
 */
export function createDataset(name: string, fields: Readonly<Record<string, StoredField>>): MemoryDataset {
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
  return memoryDataset(name, size!, fields)
}

function checkedSize(dataset: string, name: string, field: StoredField): number {
  const { shape, data, scale = 1, offset = 0 } = field
  const where = `dataset "${dataset}": field "${name}"`
  if (!storageOf(data))
    throw new SandglassError('data', `${where} is not stored as a typed array`, {
      got: data === null ? 'null' : typeof data,
      expected: 'a Float32Array, a Float64Array, an Int32Array or a Uint8Array',
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
  checkNames(where, field, width)
  return data.length / width
}

function checkNames(where: string, { shape, data, columns, classes }: StoredField, width: number): void {
  if (columns && (columns.length !== width || new Set(columns).size !== width))
    throw new SandglassError('data', `${where}: its columns are not named one by one`, {
      got: `${new Set(columns).size} different names`,
      expected: `${width}, one for each value of a sample`,
    })
  if (classes && (shape.length > 0 || storageOf(data)!.startsWith('float')))
    throw new SandglassError('data', `${where} has names of classes, but holds no class numbers`, {
      got: `${storageOf(data)} values of shape ${showShape(shape)}`,
      expected: 'one whole number a sample: shape [], stored as integers',
    })
}

function checkFinite(dataset: string, name: string, { data, shape }: StoredField): void {
  if (!(data instanceof Float32Array || data instanceof Float64Array)) return
  for (let i = 0; i < data.length; i++)
    if (!Number.isFinite(data[i]!))
      throw new SandglassError('data', `dataset "${dataset}": field "${name}" is not finite`, {
        got: `${data[i]} at ${describePosition(i, shape)}`,
        expected: 'finite numbers',
        advice: 'Remove or fill in such samples before training.',
      })
}
