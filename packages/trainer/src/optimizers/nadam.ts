import { positive, rate } from '@sandglass/core'
import * as tf from '@tensorflow/tfjs-core'
import { betasAbsent, defineOptimizer } from './define-optimizer'
import { towards } from './moments'

/** How fast the momentum of the paper's schedule nears β₁. */
const DECAY = 0.96

/**
 * Nadam (Dozat, 2016), Adam with Nesterov momentum and the paper's momentum schedule uₜ = β₁(1 − ½·0.96ᵗ):
 * with Uₜ = u₁·…·uₜ (the shared slot `momentumProduct`),
 * w ← w − α·[uₜ₊₁·m / (1 − Uₜ₊₁) + (1 − uₜ)·g / (1 − Uₜ)] / (√(v / (1 − β₂ᵗ)) + ε).
 */
export const nadam = defineOptimizer({
  type: 'nadam',
  description: 'Adam with Nesterov momentum',
  aliases: { options: { epsilon: ['eps'] }, absent: betasAbsent },
  learningRate: 0.001,
  options: { beta1: rate.default(0.9), beta2: rate.default(0.999), epsilon: positive.default(1e-7) },
  rule: ({ epsilon, ...betas }) => {
    // Keras rounds to float32 before it subtracts: 1 − 0.999 is then 0.00099998713.
    const beta1 = Math.fround(betas.beta1)
    const beta2 = Math.fround(betas.beta2)
    const momentumAt = (t: tf.Tensor) => tf.mul(beta1, tf.sub(1, tf.mul(0.5, tf.pow(DECAY, t))))
    return {
      slots: { momentum: 0, velocity: 0 },
      shared: { momentumProduct: 1 },
      begin: ({ learningRate, iteration, shared }) => {
        const now = momentumAt(iteration)
        const next = momentumAt(tf.add(iteration, 1))
        const momentumProduct = tf.mul(shared.momentumProduct!, now)
        const momentumShare = tf.div(next, tf.sub(1, tf.mul(momentumProduct, next)))
        const gradientShare = tf.div(tf.sub(1, now), tf.sub(1, momentumProduct))
        const correction = tf.sub(1, tf.pow(beta2, iteration))
        return {
          shared: { momentumProduct },
          update: (w, g, slots) => {
            const momentum = towards(slots.momentum!, g, 1 - beta1)
            const velocity = towards(slots.velocity!, tf.square(g), 1 - beta2)
            const direction = tf.add(tf.mul(momentum, momentumShare), tf.mul(g, gradientShare))
            const scale = tf.add(tf.sqrt(tf.div(velocity, correction)), epsilon)
            return {
              weight: tf.sub(w, tf.div(tf.mul(direction, learningRate), scale)),
              slots: { momentum, velocity },
            }
          },
        }
      },
    }
  },
})
