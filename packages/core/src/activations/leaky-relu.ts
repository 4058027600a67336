import * as tf from '@tensorflow/tfjs-core'
import { z } from 'zod'
import { define } from '../definition'
import { elementwise, type Unary } from './differentiable'

/** x for x > 0, slope·x otherwise. */
export function leakyReluWith(negativeSlope: number): Unary {
  return elementwise(
    (x) => tf.leakyRelu(x, negativeSlope),
    (x) => tf.step(x, negativeSlope),
  )
}

export const leakyRelu = define('activation', {
  type: 'leakyRelu',
  description: 'x for x > 0, negativeSlope·x otherwise',
  aliases: { options: { negativeSlope: ['alpha'] } },
  schema: z.strictObject({ negativeSlope: z.number().default(0.2) }),
  build: ({ negativeSlope }) => ({ apply: leakyReluWith(negativeSlope), elementwise: true }),
})
