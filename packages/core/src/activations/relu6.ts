import * as tf from '@tensorflow/tfjs-core'
import { z } from 'zod'
import { define } from '../definition'
import { insideOf } from './clip'
import { elementwise } from './differentiable'

/** min(max(x, 0), 6) */
export const relu6Of = elementwise(tf.relu6, (x) => insideOf(x, 0, 6))

export const relu6 = define('activation', {
  type: 'relu6',
  description: 'min(max(x, 0), 6)',
  schema: z.strictObject({}),
  build: () => ({ apply: relu6Of, elementwise: true, off: 'zero' }),
})
