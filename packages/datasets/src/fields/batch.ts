import { type Batch, type Field, SandglassError, sizeOf } from '@sandglass/core'
import { gather } from './gather'

/** The samples at `indices`, to be gathered when asked. */
export function makeBatch(
  dataset: string,
  size: number,
  fields: Readonly<Record<string, Field>>,
  indices: ArrayLike<number>,
): Batch {
  const own = new Int32Array(indices.length)
  for (let i = 0; i < own.length; i++) {
    const index = indices[i]!
    if (!(Number.isInteger(index) && index >= 0 && index < size))
      throw new SandglassError('data', `dataset "${dataset}": no sample ${index}`, {
        expected: `whole numbers from 0 to ${size - 1}`,
      })
    own[i] = index
  }
  return {
    size: own.length,
    fields: Object.fromEntries(Object.entries(fields).map(([name, { shape }]) => [name, shape])),
    fill: (name, out) => {
      const field = Object.hasOwn(fields, name) ? fields[name] : undefined
      if (!field)
        throw new SandglassError('data', `dataset "${dataset}" has no field "${name}"`, {
          expected: `one of ${Object.keys(fields).join(', ')}`,
        })
      const expected = own.length * sizeOf(field.shape)
      if (out.length !== expected)
        throw new SandglassError(
          'shape',
          `dataset "${dataset}": field "${name}" does not fit the array given`,
          {
            got: `room for ${out.length} values`,
            expected: `${expected}: ${own.length} samples of ${sizeOf(field.shape)}`,
          },
        )
      gather(field, own, out)
    },
  }
}
