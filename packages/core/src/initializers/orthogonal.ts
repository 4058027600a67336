import { z } from 'zod'
import { define } from '../definition'
import { SandglassError } from '../errors'
import { showShape, sizeOf } from '../shape'
import { orthonormalise } from './orthonormalise'
import { seeded } from './scaled'

/**
 * `gain` times a random orthogonal matrix, uniform over all of them (Saxe et al. 2014; the sign rule of Mezzadri
 * 2007). All axes but the last are taken together as rows; the columns are orthonormal, or the rows where there are
 * fewer of them. Throws for fewer than two axes.
 */
export const orthogonal = define('initializer', {
  type: 'orthogonal',
  description: 'a random orthogonal matrix',
  aliases: { absent: seeded },
  schema: z.strictObject({ gain: z.number().default(1) }),
  build:
    ({ gain }) =>
    (shape, stream) => {
      if (shape.length < 2)
        throw new SandglassError('shape', 'the orthogonal initializer makes matrices and kernels', {
          got: `shape ${showShape(shape)}`,
          expected: 'two axes or more',
        })
      const columns = shape.at(-1)!
      const rows = sizeOf(shape.slice(0, -1))
      const count = Math.min(rows, columns)
      const length = Math.max(rows, columns)
      // As in Keras, normals fill a matrix [length, count] whose columns are made orthonormal.
      const normals = stream.normal(new Float32Array(rows * columns))
      const vectors = Array.from({ length: count }, (_, i) =>
        Float64Array.from({ length }, (_, k) => normals[k * count + i]!),
      )
      orthonormalise(vectors)
      const at = (row: number, column: number) =>
        rows < columns ? vectors[row]![column]! : vectors[column]![row]!
      return new Float32Array(rows * columns).map((_, i) => gain * at(Math.floor(i / columns), i % columns))
    },
})
