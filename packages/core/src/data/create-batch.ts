import type { Batch } from '../batch'
import { SandglassError } from '../errors'
import { sizeOf } from '../shape'
import { gather } from './gather'
import { range } from './rows'
import { type StoredField, shapesOf, storedNamed } from './stored-field'

/**
 * A batch over arrays `[size, …shape]`, for datasets that read their own. Throws `SandglassError` (`data`) when fields
 * differ in size.
 */
export function createBatch(fields: Readonly<Record<string, StoredField>>): Batch {
  const sizes = Object.values(fields).map(({ data, shape }) => data.length / sizeOf(shape))
  const size = sizes[0] ?? 0
  if (!Number.isInteger(size) || sizes.some((other) => other !== size))
    throw new SandglassError('data', 'the fields of a batch are not as many samples each', {
      got: sizes.join(', '),
    })
  const rows = range(0, size)
  return {
    size,
    fields: shapesOf(fields),
    fill: (name, out) => gather(storedNamed(fields, name, { size, out }), rows, out),
  }
}
