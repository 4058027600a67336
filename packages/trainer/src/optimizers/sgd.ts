import { rate } from '@sandglass/core'
import * as tf from '@tensorflow/tfjs-core'
import { z } from 'zod'
import { defineOptimizer } from './define-optimizer'

/**
 * Gradient descent: w ← w − α·g. With momentum m ← μ·m − α·g and w ← w + m, or w ← w + μ·m − α·g with Nesterov's
 * look-ahead.
 */
export const sgd = defineOptimizer({
  type: 'sgd',
  description: 'gradient descent, with momentum or Nesterov momentum',
  aliases: { type: ['gradientDescent', 'momentum'], absent: { dampening: 'there is none' } },
  learningRate: 0.01,
  options: { momentum: rate.default(0), nesterov: z.boolean().default(false) },
  rule: ({ momentum, nesterov }) => {
    if (momentum === 0)
      return {
        begin: ({ learningRate }) => ({ update: (w, g) => ({ weight: tf.sub(w, tf.mul(g, learningRate)) }) }),
      }
    return {
      slots: { momentum: 0 },
      begin: ({ learningRate }) => ({
        update: (w, g, slots) => {
          const step = tf.mul(g, learningRate)
          const m = tf.sub(tf.mul(slots.momentum!, momentum), step)
          const move = nesterov ? tf.sub(tf.mul(m, momentum), step) : m
          return { weight: tf.add(w, move), slots: { momentum: m } }
        },
      }),
    }
  },
})
