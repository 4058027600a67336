import * as tf from '@tensorflow/tfjs-core'
import { z } from 'zod'
import { define } from '../definition'

/** placeholder */
export const selu = define('activation', {
  type: 'selu',
  description: 'λ·x for x > 0, λ·α·(eˣ − 1) otherwise: self-normalising',
  schema: z.strictObject({}),
  build: () => ({ apply: (x) => tf.selu(x) }),
})
