import * as tf from '@tensorflow/tfjs-core'
import { z } from 'zod'
import { define } from '../definition'

/**
 * 1 / (1 + e⁻ˣ), with σ' = σ(1 − σ) from the saved input, because tfjs differentiates its own only once.
 */
export const sigmoidOf: (x: tf.Tensor) => tf.Tensor = tf.customGrad((x, save) => {
  ;(save as tf.GradSaveFunc)([x as tf.Tensor])
  return {
    value: tf.sigmoid(x as tf.Tensor),
    gradFunc: (dy, saved) => {
      const y = sigmoidOf((saved as tf.Tensor[])[0]!)
      return tf.mul(dy, tf.mul(y, tf.sub(1, y)))
    },
  }
})

export const sigmoid = define('activation', {
  type: 'sigmoid',
  description: '1 / (1 + e⁻ˣ)',
  schema: z.strictObject({}),
  build: () => ({ apply: sigmoidOf, link: 'sigmoid' as const }),
})
