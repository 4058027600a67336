import * as tf from '@tensorflow/tfjs-core'
import { z } from 'zod'
import { define } from '../definition'
import { elementwise, type Unary } from './differentiable'
import { sigmoidOf } from './sigmoid'

/** log(1 + eˣ), without overflow. */
export const softplusOf: Unary = elementwise(tf.softplus, sigmoidOf)

export const softplus = define('activation', {
  type: 'softplus',
  description: 'log(1 + eˣ)',
  schema: z.strictObject({}),
  build: () => ({ apply: softplusOf, elementwise: true, off: 'nearly' }),
})
