import { abs, sign } from '@tensorflow/tfjs-core'
import { elementwise } from './differentiable'

/** |x|, with derivative 0 at 0 (tfjs's own has −1 there, which would push weights away from 0). */
export const absOf = elementwise(abs, sign)
