import type { Optimizer } from '@sandglass/core'
import * as tf from '@tensorflow/tfjs-core'

/**
 * Decoupled weight decay: w ← w − w · learningRate · weightDecay before the update, whose gradient does not see it
 * (Loshchilov and Hutter, 2019). All trained weights decay, biases too, as in Keras.
 */
export function decayed(optimizer: Optimizer, weightDecay: number | undefined): Optimizer {
  if (!weightDecay) return optimizer
  return {
    ...optimizer,
    update: (input) => {
      const fraction = tf.mul(input.learningRate, weightDecay)
      const weights = Object.fromEntries(
        // Not w · (1 − fraction): the fraction is so small that float32 would round it.
        Object.entries(input.weights).map(([name, w]) => [name, tf.sub(w, tf.mul(w, fraction))]),
      )
      return optimizer.update({ ...input, weights })
    },
  }
}
