import * as tf from '@tensorflow/tfjs-core'
import { z } from 'zod'
import { define } from '../definition'
import { nonNegative } from '../schemas'
import { insideOf } from './clip'
import { elementwise, type Unary } from './differentiable'
import { leakyReluWith } from './leaky-relu'
import { relu6Of } from './relu6'

interface Options {
  negativeSlope: number
  maxValue?: number | undefined
  threshold: number
}

export const relu = define('activation', {
  type: 'relu',
  description:
    'max(x, 0); in general x above threshold, at most maxValue, and negativeSlope·(x − threshold) below',
  aliases: { options: { negativeSlope: ['alpha'] } },
  schema: z.strictObject({
    negativeSlope: nonNegative.default(0),
    maxValue: nonNegative.optional(),
    threshold: z.number().default(0),
  }),
  build: (options) => ({
    apply: reluWith(options),
    elementwise: true,
    ...(options.negativeSlope === 0 && { off: 'zero' }),
  }),
})

/** The simplest form that does it: a plain relu is one kernel. */
function reluWith({ negativeSlope, maxValue, threshold }: Options): Unary {
  if (threshold === 0 && maxValue === undefined)
    return negativeSlope === 0 ? (x) => tf.relu(x) : leakyReluWith(negativeSlope)
  if (threshold === 0 && maxValue === 6 && negativeSlope === 0) return relu6Of

  const above = (x: tf.Tensor) => tf.step(tf.sub(x, threshold))
  const below = (x: tf.Tensor) => tf.sub(threshold, x)
  return elementwise(
    (x) => {
      const kept = tf.mul(x, above(x))
      const upper = maxValue === undefined ? kept : tf.clipByValue(kept, 0, maxValue)
      return negativeSlope === 0 ? upper : tf.sub(upper, tf.mul(tf.relu(below(x)), negativeSlope))
    },
    (x) => {
      const upper = maxValue === undefined ? above(x) : tf.mul(above(x), insideOf(x, 0, maxValue))
      return negativeSlope === 0 ? upper : tf.add(upper, tf.mul(tf.step(below(x)), negativeSlope))
    },
  )
}
