import * as tf from '@tensorflow/tfjs-core'
import { z } from 'zod'
import { define } from '../definition'
import { logProbabilities } from './categorical-crossentropy'
import { comparingClasses, logitsAbsent } from './comparing'

/**
 * −log y[t] for class numbers t, `[batch, …]`, and outputs `[batch, …, classes]`. A number that is no class gives NaN,
 * as in Keras, so that training stops instead of learning nothing.
 */
export const sparseCategoricalCrossentropy = define('loss', {
  type: 'sparseCategoricalCrossentropy',
  description: '−log y[t] for class numbers t, from logits when the output is a softmax',
  aliases: { type: ['scce', 'crossentropy', 'crossEntropyLoss', 'nllLoss'], absent: logitsAbsent },
  schema: z.strictObject({}),
  build: ({ type }) =>
    comparingClasses(type, ({ target, ...rest }) => {
      // Not oneHot(…, 'float32'): on wasm that writes the bits of whole numbers into an array of floats.
      const classes = rest.output.shape.at(-1)!
      const chosen = tf.cast(tf.oneHot(tf.cast(target, 'int32'), classes), 'float32')
      const picked = tf.sum(tf.mul(chosen, logProbabilities(rest)), -1)
      return tf.neg(tf.div(picked, tf.sum(chosen, -1)))
    }),
})
