import { positive, rate } from '@sandglass/core'
import * as tf from '@tensorflow/tfjs-core'
import { defineOptimizer } from './define-optimizer'
import { blend } from './moments'

/**
 * Adadelta (Zeiler, 2012): with rms(x) = √(x + ε), a ← ρ·a + (1 − ρ)·g², d = g · rms(b) / rms(a),
 * b ← ρ·b + (1 − ρ)·d² and w ← w − α·d. Zeiler's own learning rate is 1.
 */
export const adadelta = defineOptimizer({
  type: 'adadelta',
  description: 'steps in the units of the weights, from moving averages of gradients and steps',
  aliases: { options: { epsilon: ['eps'] } },
  learningRate: 0.001,
  options: { rho: rate.default(0.95), epsilon: positive.default(1e-7) },
  rule: ({ rho, epsilon }) => {
    const rms = (x: tf.Tensor) => tf.sqrt(tf.add(x, epsilon))
    return {
      slots: { accumulatedGradient: 0, accumulatedStep: 0 },
      begin: ({ learningRate }) => ({
        update: (w, g, slots) => {
          const accumulatedGradient = blend(slots.accumulatedGradient!, tf.square(g), rho)
          const step = tf.div(tf.mul(rms(slots.accumulatedStep!), g), rms(accumulatedGradient))
          const accumulatedStep = blend(slots.accumulatedStep!, tf.square(step), rho)
          return {
            weight: tf.sub(w, tf.mul(step, learningRate)),
            slots: { accumulatedGradient, accumulatedStep },
          }
        },
      }),
    }
  },
})
