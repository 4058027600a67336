import { add, mul, type Tensor } from '@tensorflow/tfjs-core'
import { z } from 'zod'
import { define } from '../definition'
import { clipOf } from './clip'

/** (x + 1) / 2 limited to [0, 1]. */
export function sparseSigmoidOf(x: Tensor): Tensor {
  return clipOf(add(mul(x, 0.5), 0.5), 0, 1)
}

export const sparseSigmoid = define('activation', {
  type: 'sparseSigmoid',
  description: '(x + 1) / 2 limited to [0, 1]',
  schema: z.strictObject({}),
  build: () => ({ apply: sparseSigmoidOf, elementwise: true, off: 'zero' }),
})
