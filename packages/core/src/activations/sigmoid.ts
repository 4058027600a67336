import * as tf from '@tensorflow/tfjs-core'
import { z } from 'zod'
import { define } from '../definition'
import { elementwise, type Unary } from './differentiable'

/** σ(x) = 1 / (1 + e⁻ˣ); σ' = σ(1 − σ). */
export const sigmoidOf: Unary = elementwise(tf.sigmoid, (x) => {
  const y = sigmoidOf(x)
  return tf.mul(y, tf.sub(1, y))
})

export const sigmoid = define('activation', {
  type: 'sigmoid',
  description: '1 / (1 + e⁻ˣ)',
  aliases: { type: ['logistic'] },
  schema: z.strictObject({}),
  build: () => ({ apply: sigmoidOf, link: 'sigmoid', elementwise: true, off: 'nearly' }),
})
