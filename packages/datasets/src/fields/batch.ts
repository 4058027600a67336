import { type Batch, type Field, SandglassError, sizeOf } from '@sandglass/core'
import { gather } from './gather'

/** Makes batches of the samples at some indices, to be gathered when asked. All share one record of shapes. */
export function batchesOf(
  dataset: string,
  size: number,
  fields: Readonly<Record<string, Field>>,
): (indices: ArrayLike<number>) => Batch {
  const shapes = Object.freeze(
    Object.fromEntries(Object.entries(fields).map(([name, { shape }]) => [name, shape])),
  )
  return (indices) => {
    const own = checked(indices)
    return {
      size: own.length,
      fields: shapes,
      fill: (name, out) => gather(fieldFor(name, own.length, out), own, out),
    }
  }

  function checked(indices: ArrayLike<number>): Int32Array {
    const own = new Int32Array(indices.length)
    for (let i = 0; i < own.length; i++) {
      const index = indices[i]!
      if (!(Number.isInteger(index) && index >= 0 && index < size))
        throw new SandglassError('data', `dataset "${dataset}": no sample ${index}`, {
          expected: `whole numbers from 0 to ${size - 1}`,
        })
      own[i] = index
    }
    return own
  }

  function fieldFor(name: string, samples: number, out: Float32Array): Field {
    const field = Object.hasOwn(fields, name) ? fields[name] : undefined
    if (!field)
      throw new SandglassError('data', `dataset "${dataset}" has no field "${name}"`, {
        expected: `one of ${Object.keys(fields).join(', ')}`,
      })
    const expected = samples * sizeOf(field.shape)
    if (out.length !== expected)
      throw new SandglassError(
        'shape',
        `dataset "${dataset}": field "${name}" does not fit the array given`,
        {
          got: `room for ${out.length} values`,
          expected: `${expected}: ${samples} samples of ${sizeOf(field.shape)}`,
        },
      )
    return field
  }
}
