import { positive, rate } from '@sandglass/core'
import * as tf from '@tensorflow/tfjs-core'
import { betasAbsent, defineOptimizer } from './define-optimizer'
import { towards } from './moments'

/**
 * Adamax (Kingma and Ba, 2015, section 7.1), Adam with the infinity norm: u ← max(β₂·u, |g|) and
 * w ← w − α/(1 − β₁ᵗ) · m / (u + ε).
 */
export const adamax = defineOptimizer({
  type: 'adamax',
  description: 'Adam with the infinity norm',
  aliases: { options: { epsilon: ['eps'] }, absent: betasAbsent },
  learningRate: 0.001,
  options: { beta1: rate.default(0.9), beta2: rate.default(0.999), epsilon: positive.default(1e-7) },
  rule: ({ beta1, beta2, epsilon }) => ({
    slots: { momentum: 0, norm: 0 },
    begin: ({ learningRate, iteration }) => {
      const alpha = tf.div(learningRate, tf.sub(1, tf.pow(beta1, iteration)))
      return {
        update: (w, g, slots) => {
          const momentum = towards(slots.momentum!, g, 1 - beta1)
          const norm = tf.maximum(tf.mul(slots.norm!, beta2), tf.abs(g))
          const step = tf.div(tf.mul(momentum, alpha), tf.add(norm, epsilon))
          return { weight: tf.sub(w, step), slots: { momentum, norm } }
        },
      }
    },
  }),
})
