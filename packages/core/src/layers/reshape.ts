import * as tf from '@tensorflow/tfjs-core'
import { z } from 'zod'
import { defineLayer } from '../define-layer'
import { SandglassError } from '../errors'
import { positiveInt } from '../schemas'
import { showShape, sizeOf } from '../shape'

/** The same elements in another shape: `[batch, …]` → `[batch, …shape]`. */
export const reshape = defineLayer({
  type: 'reshape',
  description: 'the same elements in another shape',
  options: { shape: z.array(positiveInt) },
  build: ({ shape }, { inputShape, path }) => {
    if (sizeOf(shape) !== sizeOf(inputShape))
      throw new SandglassError('shape', `${path}: cannot reshape`, {
        got: `input of shape ${showShape(inputShape)}, ${sizeOf(inputShape)} elements`,
        expected: `${sizeOf(shape)} elements for ${showShape(shape)}`,
      })
    return {
      outputShape: shape,
      rearranges: true,
      apply: ({ input }) => ({ output: tf.reshape(input, [-1, ...shape]) }),
    }
  },
})
