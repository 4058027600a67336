import * as tf from '@tensorflow/tfjs-core'
import { z } from 'zod'
import { atLeast } from '../activations/clip'
import { sigmoidOf } from '../activations/sigmoid'
import { define } from '../definition'
import type { Comparison } from '../loss'
import { nonNegative } from '../schemas'
import { crossentropies, smoothed } from './binary-crossentropy'
import { comparing, EPSILON, logitsAbsent } from './comparing'

/**
 * Binary cross-entropy times (1 − p)^γ, where p = t·y + (1 − t)·(1 − y) is the probability given to the truth: easy
 * elements count less. With `applyClassBalancing` also times α for t = 1 and 1 − α for t = 0.
 * Lin et al. 2017, arXiv:1708.02002, equations 4 and 5.
 */
export const binaryFocalCrossentropy = define('loss', {
  type: 'binaryFocalCrossentropy',
  description: 'binary cross-entropy in which easy elements count less, by (1 − p)^gamma',
  aliases: { type: ['focal', 'focalLoss'], absent: logitsAbsent },
  schema: z.strictObject({
    applyClassBalancing: z.boolean().default(false),
    alpha: z.number().min(0).max(1).default(0.25),
    gamma: nonNegative.default(2),
    labelSmoothing: z.number().min(0).max(1).default(0),
  }),
  build: ({ type, applyClassBalancing, alpha, gamma, labelSmoothing }) =>
    comparing(type, (c) => {
      const comparison = { ...c, target: smoothed(c.target, labelSmoothing) }
      const { target } = comparison
      const focused = scaled(crossentropies(comparison), missOf(comparison), gamma)
      return applyClassBalancing ? tf.mul(focused, tf.add(tf.mul(target, 2 * alpha - 1), 1 - alpha)) : focused
    }),
})

/** 1 − p = t·(1 − y) + (1 − t)·y; from logits without the cancellation in 1 − y. */
function missOf({ target, output, logits }: Comparison): tf.Tensor {
  const sigmoid = logits?.link === 'sigmoid' ? logits.value : undefined
  const y = sigmoid ? sigmoidOf(sigmoid) : output
  const rest = sigmoid ? sigmoidOf(tf.neg(sigmoid)) : tf.sub(1, y)
  return tf.add(tf.mul(target, rest), tf.mul(tf.sub(1, target), y))
}

function scaled(loss: tf.Tensor, miss: tf.Tensor, gamma: number): tf.Tensor {
  if (gamma === 0) return loss
  if (gamma === 1) return tf.mul(loss, miss)
  if (gamma === 2) return tf.mul(loss, tf.square(miss))
  // A fractional power has no finite derivatives at 0.
  return tf.mul(loss, tf.pow(atLeast(miss, EPSILON), gamma))
}
