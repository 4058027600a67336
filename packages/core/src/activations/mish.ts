import { mul } from '@tensorflow/tfjs-core'
import { z } from 'zod'
import { define } from '../definition'
import { softplusOf } from './softplus'
import { tanhOf } from './tanh'

/** x·tanh(log(1 + eˣ)). Misra 2019, arXiv:1908.08681. */
export const mish = define('activation', {
  type: 'mish',
  description: 'x·tanh(log(1 + eˣ))',
  schema: z.strictObject({}),
  build: () => ({ apply: (x) => mul(x, tanhOf(softplusOf(x))), elementwise: true }),
})
