import { z } from 'zod'
import { define } from '../definition'
import { SandglassError } from '../errors'
import { showShape, sizeOf } from '../shape'

/** `gain` on the diagonal of a matrix, 0 elsewhere. Throws for shapes that are not matrices. */
export const identity = define('initializer', {
  type: 'identity',
  description: 'gain on the diagonal, 0 elsewhere',
  aliases: { type: ['eye'] },
  schema: z.strictObject({ gain: z.number().default(1) }),
  build:
    ({ gain }) =>
    (shape) => {
      if (shape.length !== 2)
        throw new SandglassError('shape', 'the identity initializer makes matrices', {
          got: `shape ${showShape(shape)}`,
          expected: 'two axes',
        })
      const [rows, columns] = shape as [number, number]
      const out = new Float32Array(sizeOf(shape))
      for (let i = 0; i < Math.min(rows, columns); i++) out[i * columns + i] = gain
      return out
    },
})
