import type { Batch } from '../batch'
import { SandglassError } from '../errors'
import { sizeOf } from '../shape'
import { gather } from './gather'
import { checkedRows, range } from './rows'
import { type StoredField, shapesOf, storedNamed } from './stored-field'

/**
 * A batch over arrays `[size, …shape]`, for datasets that read their own: all their samples, or those at `rows`. Throws
 * `SandglassError` (`data`) when fields differ in size or do not have such rows.
 */
export function createBatch(fields: Readonly<Record<string, StoredField>>, rows?: Int32Array): Batch {
  const sizes = Object.values(fields).map(({ data, shape }) => data.length / sizeOf(shape))
  const size = sizes[0] ?? 0
  if (!Number.isInteger(size) || sizes.some((other) => other !== size))
    throw new SandglassError('data', 'the fields of a batch are not as many samples each', {
      got: sizes.join(', '),
    })
  const chosen = rows ? checkedRows('a batch', size, rows) : range(0, size)
  return {
    size: chosen.length,
    fields: shapesOf(fields),
    fill: (name, out) => gather(storedNamed(fields, name, { size: chosen.length, out }), chosen, out),
  }
}
