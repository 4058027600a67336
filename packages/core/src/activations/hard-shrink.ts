import { abs, mul, step, sub, type Tensor } from '@tensorflow/tfjs-core'
import { z } from 'zod'
import { define } from '../definition'
import { nonNegative } from '../schemas'
import { elementwise } from './differentiable'

/** x where |x| > threshold, 0 elsewhere. */
export const hardShrink = define('activation', {
  type: 'hardShrink',
  description: 'x where |x| > threshold, 0 elsewhere',
  aliases: { options: { threshold: ['lambd'] } },
  schema: z.strictObject({ threshold: nonNegative.default(0.5) }),
  build: ({ threshold }) => {
    const outside = (x: Tensor) => step(sub(abs(x), threshold))
    return {
      apply: elementwise((x) => mul(x, outside(x)), outside),
      elementwise: true,
      ...(threshold > 0 && { off: 'zero' as const }),
    }
  },
})
