import { define, rate } from '@sandglass/core'
import { add, cast, greaterEqual, less, mul, sub } from '@tensorflow/tfjs-core'
import { z } from 'zod'

/**
 * Replaces each element with probability `rate`, by `low` or `high` with equal chances.
 * Vincent et al. 2010, Stacked Denoising Autoencoders, JMLR 11, section 3.3.
 */
export const saltAndPepper = define('corruption', {
  type: 'saltAndPepper',
  description: 'sets elements to their lowest or highest value',
  aliases: { type: ['saltPepper'], options: { rate: ['p', 'amount'] } },
  schema: z.strictObject({ rate, low: z.number().default(0), high: z.number().default(1) }),
  build:
    ({ rate: share, low, high }) =>
    (x, { random }, path) => {
      const u = random.uniform(`${path}/noise`, x.shape)
      const kept = cast(greaterEqual(u, share), 'float32')
      const lows = cast(less(u, share / 2), 'float32')
      // What is neither kept nor low is high.
      const replaced = add(mul(lows, low - high), mul(sub(1, kept), high))
      return add(mul(x, kept), replaced)
    },
})
