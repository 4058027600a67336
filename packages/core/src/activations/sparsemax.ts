import * as tf from '@tensorflow/tfjs-core'
import { z } from 'zod'
import { define } from '../definition'
import { type Unary, withGradient } from './differentiable'

/**
 * Projection of x on the probability simplex over the last axis: like softmax, with exact zeros. The gradient centres
 * dy over the support. Martins & Astudillo 2016, arXiv:1602.02068, algorithm 1 and equation 10.
 */
export const sparsemaxOf: Unary = withGradient(project, (dy, x) => {
  const support = tf.step(sparsemaxOf(x))
  const mean = tf.div(tf.sum(tf.mul(dy, support), -1, true), tf.sum(support, -1, true))
  return tf.mul(support, tf.sub(dy, mean))
})

function project(x: tf.Tensor): tf.Tensor {
  const classes = x.shape.at(-1)!
  const sorted = tf.topk(x, classes).values
  const ranked = tf.mul(sorted, tf.range(1, classes + 1, 1, 'float32'))
  const support = tf.step(tf.sub(tf.add(ranked, 1), tf.cumsum(sorted, x.rank - 1)))
  const excess = tf.sub(tf.sum(tf.mul(sorted, support), -1, true), 1)
  return tf.relu(tf.sub(x, tf.div(excess, tf.sum(support, -1, true))))
}

export const sparsemax = define('activation', {
  type: 'sparsemax',
  description: 'projection on the probability simplex over the last axis',
  schema: z.strictObject({}),
  build: () => ({ apply: sparsemaxOf, off: 'zero' }),
})
