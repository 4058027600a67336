import * as tf from '@tensorflow/tfjs-core'
import { z } from 'zod'
import { define } from '../definition'
import { elementwise, type Unary } from './differentiable'
import { expOf } from './exponential'
import { tanhOf } from './tanh'

/** Φ(x), the distribution function of the standard normal; to about 1e-7, as good as tfjs's erf. */
export const normalCdfOf: Unary = elementwise(
  (x) => tf.mul(tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1), 0.5),
  (x) => tf.mul(expOf(tf.mul(tf.square(x), -0.5)), 1 / Math.sqrt(2 * Math.PI)),
)

/** Hendrycks & Gimpel 2016, arXiv:1606.08415, section 2. */
function approximation(x: tf.Tensor): tf.Tensor {
  const inner = tf.mul(x, tf.add(tf.mul(tf.square(x), 0.044715), 1))
  return tf.mul(tf.mul(x, 0.5), tf.add(tanhOf(tf.mul(inner, Math.sqrt(2 / Math.PI))), 1))
}

export const gelu = define('activation', {
  type: 'gelu',
  description: 'x·Φ(x) with the normal distribution function Φ, exact or by tanh',
  schema: z.strictObject({ approximate: z.boolean().default(false) }),
  build: ({ approximate }) => ({
    apply: approximate ? approximation : (x) => tf.mul(x, normalCdfOf(x)),
    elementwise: true,
  }),
})
