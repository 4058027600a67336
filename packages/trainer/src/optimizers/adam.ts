import { positive, rate } from '@sandglass/core'
import * as tf from '@tensorflow/tfjs-core'
import { z } from 'zod'
import { betasAbsent, defineOptimizer } from './define-optimizer'
import { towards } from './moments'
import type { Rule } from './rule'

const options = {
  beta1: rate.default(0.9),
  beta2: rate.default(0.999),
  epsilon: positive.default(1e-7),
  amsgrad: z.boolean().default(false),
}

/**
 * Adam (Kingma and Ba, 2015): m ← m + (1 − β₁)(g − m), v ← v + (1 − β₂)(g² − v) and
 * w ← w − m · α·√(1 − β₂ᵗ)/(1 − β₁ᵗ) / (√v + ε). With `amsgrad` the largest v so far takes the place of v.
 * As in Keras, ε is the ε̂ of the paper's section 2.
 */
export const adam = defineOptimizer({
  type: 'adam',
  description: 'steps from moving averages of the gradient and its square',
  aliases: { options: { epsilon: ['eps'] }, absent: betasAbsent },
  learningRate: 0.001,
  options,
  rule: adamRule,
})

/** Adam with decoupled weight decay (Loshchilov and Hutter, 2019). */
export const adamw = defineOptimizer({
  type: 'adamw',
  description: 'Adam with decoupled weight decay',
  aliases: { options: { epsilon: ['eps'] }, absent: betasAbsent },
  learningRate: 0.001,
  weightDecay: 0.004,
  options,
  rule: adamRule,
})

function adamRule({ beta1, beta2, epsilon, amsgrad }: z.output<z.ZodObject<typeof options>>): Rule {
  return {
    slots: { momentum: 0, velocity: 0, ...(amsgrad && { velocityHat: 0 }) },
    begin: ({ learningRate, iteration }) => {
      const correction = tf.sqrt(tf.sub(1, tf.pow(beta2, iteration)))
      const alpha = tf.div(tf.mul(learningRate, correction), tf.sub(1, tf.pow(beta1, iteration)))
      return {
        update: (w, g, slots) => {
          const momentum = towards(slots.momentum!, g, 1 - beta1)
          const velocity = towards(slots.velocity!, tf.square(g), 1 - beta2)
          const velocityHat = slots.velocityHat && tf.maximum(slots.velocityHat, velocity)
          const scale = tf.add(tf.sqrt(velocityHat ?? velocity), epsilon)
          return {
            weight: tf.sub(w, tf.div(tf.mul(momentum, alpha), scale)),
            slots: { momentum, velocity, ...(velocityHat && { velocityHat }) },
          }
        },
      }
    },
  }
}
