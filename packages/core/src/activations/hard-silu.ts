import { mul } from '@tensorflow/tfjs-core'
import { z } from 'zod'
import { define } from '../definition'
import { hardSigmoidOf } from './hard-sigmoid'

/** x·relu6(x + 3) / 6, also called hard swish. */
export const hardSilu = define('activation', {
  type: 'hardSilu',
  description: 'x·relu6(x + 3) / 6, also called hard swish',
  aliases: { type: ['hardSwish'] },
  schema: z.strictObject({}),
  build: () => ({ apply: (x) => mul(x, hardSigmoidOf(x)), elementwise: true, off: 'zero' }),
})
