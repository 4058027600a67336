import * as tf from '@tensorflow/tfjs-core'
import { z } from 'zod'
import { define } from '../definition'
import { elementwise } from './differentiable'

/** x above threshold, defaultValue elsewhere. */
export const threshold = define('activation', {
  type: 'threshold',
  description: 'x above threshold, defaultValue elsewhere',
  aliases: { options: { defaultValue: ['value'] } },
  schema: z.strictObject({ threshold: z.number(), defaultValue: z.number() }),
  build: (spec) => ({
    apply: elementwise(
      (x) => tf.where(tf.greater(x, spec.threshold), x, tf.fill(x.shape, spec.defaultValue)),
      (x) => tf.step(tf.sub(x, spec.threshold)),
    ),
    elementwise: true,
    ...(spec.defaultValue === 0 && { off: 'zero' }),
  }),
})
