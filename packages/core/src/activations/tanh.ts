import * as tf from '@tensorflow/tfjs-core'
import { z } from 'zod'
import { define } from '../definition'
import { elementwise, type Unary } from './differentiable'

/** tanh x; tanh' = 1 − tanh². */
export const tanhOf: Unary = elementwise(tf.tanh, (x) => tf.sub(1, tf.square(tanhOf(x))))

export const tanh = define('activation', {
  type: 'tanh',
  description: 'hyperbolic tangent',
  schema: z.strictObject({}),
  build: () => ({ apply: tanhOf, elementwise: true }),
})
