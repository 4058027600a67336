import { exp } from '@tensorflow/tfjs-core'
import { z } from 'zod'
import { define } from '../definition'
import { elementwise, type Unary } from './differentiable'

/** eˣ; overflows to infinity above 88. */
export const expOf: Unary = elementwise(exp, (x) => expOf(x))

export const exponential = define('activation', {
  type: 'exponential',
  description: 'eˣ',
  aliases: { type: ['exp'] },
  schema: z.strictObject({}),
  build: () => ({ apply: expOf, elementwise: true, off: 'nearly' }),
})
