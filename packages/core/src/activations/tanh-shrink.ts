import { sub } from '@tensorflow/tfjs-core'
import { z } from 'zod'
import { define } from '../definition'
import { tanhOf } from './tanh'

/** x − tanh x */
export const tanhShrink = define('activation', {
  type: 'tanhShrink',
  description: 'x − tanh x',
  schema: z.strictObject({}),
  build: () => ({ apply: (x) => sub(x, tanhOf(x)), elementwise: true }),
})
