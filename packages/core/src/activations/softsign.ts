import * as tf from '@tensorflow/tfjs-core'
import { z } from 'zod'
import { define } from '../definition'
import { absOf } from './absolute'
import { elementwise } from './differentiable'

/** x / (1 + |x|); derivative 1 / (1 + |x|)². */
export const softsignOf = elementwise(
  (x) => tf.div(x, tf.add(tf.abs(x), 1)),
  (x) => tf.reciprocal(tf.square(tf.add(absOf(x), 1))),
)

export const softsign = define('activation', {
  type: 'softsign',
  description: 'x / (1 + |x|)',
  schema: z.strictObject({}),
  build: () => ({ apply: softsignOf, elementwise: true }),
})
