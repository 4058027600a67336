import * as tf from '@tensorflow/tfjs-core'
import { z } from 'zod'
import { define } from '../definition'
import { type Unary, withGradient } from './differentiable'

/** eˣ / Σ eˣ over the last axis. */
export const softmaxOf: Unary = withGradient(
  (x) => tf.softmax(x),
  (dy, x) => {
    const y = softmaxOf(x)
    const weighted = tf.mul(dy, y)
    return tf.sub(weighted, tf.mul(tf.sum(weighted, -1, true), y))
  },
)

export const softmax = define('activation', {
  type: 'softmax',
  description: 'eˣ / Σ eˣ over the last axis',
  schema: z.strictObject({}),
  build: () => ({ apply: softmaxOf, link: 'softmax', off: 'nearly' }),
})
