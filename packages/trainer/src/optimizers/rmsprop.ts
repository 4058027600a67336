import { positive, rate } from '@sandglass/core'
import * as tf from '@tensorflow/tfjs-core'
import { z } from 'zod'
import { defineOptimizer } from './define-optimizer'
import { blend } from './moments'

/**
 * RMSprop (Hinton, 2012): v ← ρ·v + (1 − ρ)·g² and w ← w − α·g / √(v + ε). `centered` takes off the squared average
 * gradient: √(v − ḡ² + ε). With momentum, m ← μ·m + that step and w ← w − m.
 */
export const rmsprop = defineOptimizer({
  type: 'rmsprop',
  description: 'steps divided by a moving root mean square of the gradient',
  aliases: { options: { epsilon: ['eps'], rho: ['alpha'] } },
  learningRate: 0.001,
  options: {
    rho: rate.default(0.9),
    momentum: rate.default(0),
    epsilon: positive.default(1e-7),
    centered: z.boolean().default(false),
  },
  rule: ({ rho, momentum, epsilon, centered }) => ({
    slots: {
      velocity: 0,
      ...(momentum > 0 && { momentum: 0 }),
      ...(centered && { averageGradient: 0 }),
    },
    begin: ({ learningRate }) => ({
      update: (w, g, slots) => {
        const velocity = blend(slots.velocity!, tf.square(g), rho)
        const averageGradient = slots.averageGradient && blend(slots.averageGradient, g, rho)
        const variance = averageGradient ? tf.sub(velocity, tf.square(averageGradient)) : velocity
        const step = tf.div(tf.mul(g, learningRate), tf.sqrt(tf.add(variance, epsilon)))
        const move = slots.momentum ? tf.add(tf.mul(slots.momentum, momentum), step) : step
        return {
          weight: tf.sub(w, move),
          slots: {
            velocity,
            ...(slots.momentum && { momentum: move }),
            ...(averageGradient && { averageGradient }),
          },
        }
      },
    }),
  }),
})
