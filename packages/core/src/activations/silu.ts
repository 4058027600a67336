import { mul } from '@tensorflow/tfjs-core'
import { z } from 'zod'
import { define } from '../definition'
import { sigmoidOf } from './sigmoid'

/** x·σ(x), also called swish. */
export const silu = define('activation', {
  type: 'silu',
  description: 'x·σ(x), also called swish',
  aliases: { type: ['swish'] },
  schema: z.strictObject({}),
  build: () => ({ apply: (x) => mul(x, sigmoidOf(x)), elementwise: true }),
})
