import {
  type AnyDataset,
  createDataset,
  type FieldDescription,
  type MemoryDataset,
  SandglassError,
  type StoredField,
} from '@sandglass/core'
import { narrow } from './narrow'
import { readValues } from './read-values'

/**
 * Reads a dataset or stream into memory. Rejects with `SandglassError` (`data`) when a value is not finite or a stream
 * gives no samples.
 *
 * @example
 * const inMemory = await load(stream)
 */
export async function load(data: AnyDataset): Promise<MemoryDataset> {
  const fields: Record<string, StoredField> = {}
  for (const [name, field] of Object.entries(data.fields)) {
    const pieces: (Float32Array | Float64Array)[] = []
    for await (const values of readValues(data, name))
      pieces.push(field.dtype === 'float64' ? values.slice() : Float32Array.from(values))
    fields[name] = { ...namesOf(field), shape: field.shape, data: stored(field, pieces) }
  }
  if (!Object.values(fields).some(({ data }) => data.length))
    throw new SandglassError('data', `the data "${data.name}" is empty`, { expected: 'at least one sample' })
  return createDataset(data.name, fields)
}

function namesOf({ columns, classes }: FieldDescription): Pick<StoredField, 'columns' | 'classes'> {
  return { ...(columns && { columns }), ...(classes && { classes }) }
}

/** In the storage type that the field says, where that holds its values: bytes that are scaled are floats. */
function stored(
  { dtype }: FieldDescription,
  pieces: readonly (Float32Array | Float64Array)[],
): StoredField['data'] {
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0)
  const all = dtype === 'float64' ? new Float64Array(length) : new Float32Array(length)
  let at = 0
  for (const piece of pieces) {
    all.set(piece, at)
    at += piece.length
  }
  if (all instanceof Float64Array) return narrow(all)
  if (dtype === 'uint8' && isWhole(all, 0, 255)) return Uint8Array.from(all)
  if (dtype === 'int32' && isWhole(all, -(2 ** 24), 2 ** 24)) return Int32Array.from(all)
  return all
}

function isWhole(values: Float32Array, least: number, most: number): boolean {
  return values.every((value) => Number.isInteger(value) && value >= least && value <= most)
}
