import * as tf from '@tensorflow/tfjs-core'
import { z } from 'zod'
import { clipOf } from '../activations/clip'
import { logSoftmaxOf } from '../activations/log-softmax'
import { define } from '../definition'
import type { Comparison } from '../loss'
import { comparing, EPSILON, logitsAbsent } from './comparing'

/**
 * log y, `[…, classes]`. From the logits of a softmax directly; otherwise y is divided by its sum over the classes and
 * kept within [1e-7, 1 − 1e-7] as in Keras.
 */
export function logProbabilities({ output, logits }: Pick<Comparison, 'output' | 'logits'>): tf.Tensor {
  if (logits?.link === 'softmax') return logSoftmaxOf(logits.value)
  return tf.log(clipOf(tf.div(output, tf.sum(output, -1, true)), EPSILON, 1 - EPSILON))
}

/** −Σ t·log y over the classes (last axis); t one-hot or any distribution. */
export const categoricalCrossentropy = define('loss', {
  type: 'categoricalCrossentropy',
  description: '−Σ t·log y over the last axis, from logits when the output is a softmax',
  aliases: { type: ['cce', 'crossentropy', 'crossEntropyLoss'], absent: logitsAbsent },
  schema: z.strictObject({ labelSmoothing: z.number().min(0).max(1).default(0) }),
  build: ({ type, labelSmoothing: s }) =>
    comparing(type, ({ target, ...rest }) => {
      const t = s === 0 ? target : tf.add(tf.mul(target, 1 - s), s / target.shape.at(-1)!)
      return tf.neg(tf.sum(tf.mul(t, logProbabilities(rest)), -1))
    }),
})
