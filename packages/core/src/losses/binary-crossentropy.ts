import * as tf from '@tensorflow/tfjs-core'
import { z } from 'zod'
import { define } from '../definition'
import { meanPerSample } from './mean-per-sample'

/** placeholder */
export const binaryCrossentropy = define('loss', {
  type: 'binaryCrossentropy',
  description: '−t·log y − (1 − t)·log(1 − y), from logits when the output is a sigmoid',
  schema: z.strictObject({}),
  build: () =>
    ({ target, output, logits }) => {
      if (logits?.link === 'sigmoid') {
        const z = logits.value
        return meanPerSample(tf.sub(tf.softplus(z), tf.mul(target, z)))
      }
      const y = tf.clipByValue(output, 1e-7, 1 - 1e-7)
      return meanPerSample(
        tf.neg(tf.add(tf.mul(target, tf.log(y)), tf.mul(tf.sub(1, target), tf.log(tf.sub(1, y))))),
      )
    },
})
