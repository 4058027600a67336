import * as tf from '@tensorflow/tfjs-core'
import { z } from 'zod'
import { clipOf } from '../activations/clip'
import { softplusOf } from '../activations/softplus'
import { define } from '../definition'
import type { Comparison } from '../loss'
import { comparing, EPSILON, logitsAbsent } from './comparing'

/**
 * −t·log y − (1 − t)·log(1 − y) for each element; t in [0, 1]. With the logits z of a sigmoid it is
 * log(1 + e^z) − t·z, exact at any z; without them y is kept within [1e-7, 1 − 1e-7] as in Keras.
 */
export function crossentropies({ target, output, logits }: Comparison): tf.Tensor {
  if (logits?.link === 'sigmoid') return tf.sub(softplusOf(logits.value), tf.mul(target, logits.value))
  const y = clipOf(output, EPSILON, 1 - EPSILON)
  const hit = tf.mul(target, tf.log(y))
  const miss = tf.mul(tf.sub(1, target), tf.log(tf.sub(1, y)))
  return tf.neg(tf.add(hit, miss))
}

/** Targets moved towards ½: t·(1 − s) + s/2. */
export function smoothed(target: tf.Tensor, smoothing: number): tf.Tensor {
  return smoothing === 0 ? target : tf.add(tf.mul(target, 1 - smoothing), smoothing / 2)
}

export const binaryCrossentropy = define('loss', {
  type: 'binaryCrossentropy',
  description: '−t·log y − (1 − t)·log(1 − y), from logits when the output is a sigmoid',
  aliases: { type: ['bce', 'bceLoss', 'bceWithLogitsLoss', 'logLoss'], absent: logitsAbsent },
  schema: z.strictObject({ labelSmoothing: z.number().min(0).max(1).default(0) }),
  build: ({ type, labelSmoothing }) =>
    comparing(type, (c) => crossentropies({ ...c, target: smoothed(c.target, labelSmoothing) })),
})
