import { positive, rate } from '@sandglass/core'
import * as tf from '@tensorflow/tfjs-core'
import { betasAbsent, defineOptimizer } from './define-optimizer'
import { blend } from './moments'

/** Lion (Chen et al., 2023): w ← w − α·sign(β₁·m + (1 − β₁)·g), then m ← β₂·m + (1 − β₂)·g. */
export const lion = defineOptimizer({
  type: 'lion',
  description: 'steps of one size, along the sign of a moving average of the gradient',
  aliases: { absent: betasAbsent },
  learningRate: 0.001,
  options: { beta1: positive.max(1).default(0.9), beta2: rate.default(0.99) },
  rule: (betas) => {
    // Keras rounds to float32 before it subtracts from 1.
    const beta1 = Math.fround(betas.beta1)
    const beta2 = Math.fround(betas.beta2)
    return {
      slots: { momentum: 0 },
      begin: ({ learningRate }) => ({
        update: (w, g, slots) => ({
          weight: tf.sub(w, tf.mul(tf.sign(blend(slots.momentum!, g, beta1)), learningRate)),
          slots: { momentum: blend(slots.momentum!, g, beta2) },
        }),
      }),
    }
  },
})
