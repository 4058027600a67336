import * as tf from '@tensorflow/tfjs-core'
import { z } from 'zod'
import { define } from '../definition'
import { negativePartOf } from './clip'
import { elementwise, type Unary } from './differentiable'
import { expOf } from './exponential'

// Klambauer et al. 2017, arXiv:1706.02515, section 2.
const ALPHA = 1.6732632423543772
const SCALE = 1.0507009873554805

/** λ·x for x > 0, λ·α·(eˣ − 1) otherwise; the derivative at 0 is that from the left, λ·α. */
export const seluOf: Unary = elementwise(tf.selu, (x) =>
  tf.mul(tf.mul(tf.step(x, ALPHA), SCALE), expOf(negativePartOf(x))),
)

export const selu = define('activation', {
  type: 'selu',
  description: 'λ·x for x > 0, λ·α·(eˣ − 1) otherwise: self-normalising',
  schema: z.strictObject({}),
  build: () => ({ apply: seluOf, elementwise: true }),
})
