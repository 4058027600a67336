import { nonNegative, positive } from '@sandglass/core'
import * as tf from '@tensorflow/tfjs-core'
import { defineOptimizer } from './define-optimizer'

/** Adagrad (Duchi et al., 2011): a ← a + g² and w ← w − α·g / √(a + ε). */
export const adagrad = defineOptimizer({
  type: 'adagrad',
  description: 'steps divided by the root of all squared gradients so far',
  aliases: { options: { epsilon: ['eps'] } },
  learningRate: 0.001,
  options: { initialAccumulatorValue: nonNegative.default(0.1), epsilon: positive.default(1e-7) },
  rule: ({ initialAccumulatorValue, epsilon }) => ({
    slots: { accumulator: initialAccumulatorValue },
    begin: ({ learningRate }) => ({
      update: (w, g, slots) => {
        const accumulator = tf.add(slots.accumulator!, tf.square(g))
        const step = tf.div(tf.mul(g, learningRate), tf.sqrt(tf.add(accumulator, epsilon)))
        return { weight: tf.sub(w, step), slots: { accumulator } }
      },
    }),
  }),
})
