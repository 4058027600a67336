import * as tf from '@tensorflow/tfjs-core'
import { z } from 'zod'
import { define } from '../definition'
import { type Unary, withGradient } from './differentiable'
import { softmaxOf } from './softmax'

/** x − log Σ eˣ over the last axis. */
export const logSoftmaxOf: Unary = withGradient(
  (x) => tf.logSoftmax(x),
  (dy, x) => tf.sub(dy, tf.mul(tf.sum(dy, -1, true), softmaxOf(x))),
)

export const logSoftmax = define('activation', {
  type: 'logSoftmax',
  description: 'x − log Σ eˣ over the last axis',
  schema: z.strictObject({}),
  build: () => ({ apply: logSoftmaxOf }),
})
