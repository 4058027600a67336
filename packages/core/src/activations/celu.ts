import * as tf from '@tensorflow/tfjs-core'
import { z } from 'zod'
import { define } from '../definition'
import { positive } from '../schemas'
import { negativePartOf } from './clip'
import { elementwise, type Unary } from './differentiable'
import { expOf } from './exponential'

/** x for x > 0, α(e^(x/α) − 1) otherwise: smooth at 0 for every α. Barron 2017, arXiv:1704.07483. */
function celuWith(alpha: number): Unary {
  return elementwise(
    (x) => tf.add(tf.relu(x), tf.mul(tf.elu(tf.div(tf.minimum(x, 0), alpha)), alpha)),
    (x) => expOf(tf.div(negativePartOf(x), alpha)),
  )
}

export const celu = define('activation', {
  type: 'celu',
  description: 'x for x > 0, alpha·(e^(x/alpha) − 1) otherwise',
  schema: z.strictObject({ alpha: positive.default(1) }),
  build: ({ alpha }) => ({ apply: celuWith(alpha), elementwise: true }),
})
