import * as tf from '@tensorflow/tfjs-core'
import { z } from 'zod'
import { defineLayer } from '../define-layer'
import { SandglassError } from '../errors'
import { positiveInt } from '../schemas'
import { type Shape, showShape, sizeOf } from '../shape'

/**
 * The same elements in another shape: `[batch, …]` → `[batch, …shape]`. One extent may be −1: it becomes what the
 * number of elements leaves for it.
 */
export const reshape = defineLayer({
  type: 'reshape',
  description: 'the same elements in another shape',
  aliases: { type: ['unflatten', 'view'], options: { shape: ['targetShape'] } },
  options: { shape: z.array(z.union([positiveInt, z.literal(-1)])) },
  build: (spec, { inputShape, path }) => {
    const shape = inferred(spec.shape, inputShape, path)
    return {
      outputShape: shape,
      traits: { rearranges: true },
      apply: ({ input }) => ({ output: tf.reshape(input, [-1, ...shape]) }),
    }
  },
})

function inferred(shape: Shape, inputShape: Shape, path: string): Shape {
  const size = sizeOf(inputShape)
  const free = shape.filter((extent) => extent === -1).length
  if (free > 1)
    throw new SandglassError('spec', `${path}: cannot reshape`, {
      got: `${free} extents of -1 in ${showShape(shape)}`,
      expected: 'at most one, which is inferred',
    })
  const known = Math.abs(sizeOf(shape))
  if (free ? size % known : size !== known)
    throw new SandglassError('shape', `${path}: cannot reshape`, {
      got: `input of shape ${showShape(inputShape)}, ${size} elements`,
      expected: free
        ? `a multiple of ${known} elements for ${showShape(shape)}`
        : `${known} elements for ${showShape(shape)}`,
    })
  return shape.map((extent) => (extent === -1 ? size / known : extent))
}
