import * as tf from '@tensorflow/tfjs-core'
import { z } from 'zod'
import { define } from '../definition'
import { negativePartOf } from './clip'
import { elementwise, type Unary } from './differentiable'
import { expOf } from './exponential'

/** x for x > 0, α(eˣ − 1) otherwise. */
function eluWith(alpha: number): Unary {
  return elementwise(
    (x) => (alpha === 1 ? tf.elu(x) : tf.add(tf.mul(tf.elu(x), alpha), tf.mul(tf.relu(x), 1 - alpha))),
    (x) => {
      const slope = expOf(negativePartOf(x))
      return alpha === 1 ? slope : tf.mul(tf.step(x, alpha), slope)
    },
  )
}

export const eluOf: Unary = eluWith(1)

export const elu = define('activation', {
  type: 'elu',
  description: 'x for x > 0, alpha·(eˣ − 1) otherwise',
  schema: z.strictObject({ alpha: z.number().default(1) }),
  build: ({ alpha }) => ({ apply: eluWith(alpha), elementwise: true }),
})
