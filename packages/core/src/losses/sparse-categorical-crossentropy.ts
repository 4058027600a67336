import * as tf from '@tensorflow/tfjs-core'
import { z } from 'zod'
import { define } from '../definition'
import { logProbabilities } from './categorical-crossentropy'
import { comparingClasses } from './comparing'

/**
 * −log y[t] for class numbers t, `[batch, …]`, and outputs `[batch, …, classes]`. A number that is no class gives NaN,
 * as in Keras, so that training stops instead of learning nothing.
 */
export const sparseCategoricalCrossentropy = define('loss', {
  type: 'sparseCategoricalCrossentropy',
  description: '−log y[t] for class numbers t, from logits when the output is a softmax',
  schema: z.strictObject({}),
  build: ({ type }) =>
    comparingClasses(type, ({ target, ...rest }) => {
      const chosen = tf.oneHot(tf.cast(target, 'int32'), rest.output.shape.at(-1)!, 1, 0, 'float32')
      const picked = tf.sum(tf.mul(chosen, logProbabilities(rest)), -1)
      return tf.neg(tf.div(picked, tf.sum(chosen, -1)))
    }),
})
