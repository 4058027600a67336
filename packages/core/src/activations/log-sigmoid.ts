import { neg, type Tensor } from '@tensorflow/tfjs-core'
import { z } from 'zod'
import { define } from '../definition'
import { softplusOf } from './softplus'

/** log σ(x) = −log(1 + e⁻ˣ), without overflow. */
export function logSigmoidOf(x: Tensor): Tensor {
  return neg(softplusOf(neg(x)))
}

export const logSigmoid = define('activation', {
  type: 'logSigmoid',
  description: '−log(1 + e⁻ˣ)',
  schema: z.strictObject({}),
  build: () => ({ apply: logSigmoidOf, elementwise: true }),
})
