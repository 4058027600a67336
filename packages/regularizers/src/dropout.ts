import { define, rate } from '@sandglass/core'
import { cast, greaterEqual, mul } from '@tensorflow/tfjs-core'
import { z } from 'zod'

/**
 * Sets each element to 0 with probability `rate` and divides the others by `1 − rate`, so that the mean stays: what
 * Keras's Dropout does. (`masking` leaves the others as they are.)
 */
export const dropout = define('corruption', {
  type: 'dropout',
  description: 'sets elements to 0, dividing the others by 1 − rate',
  aliases: { options: { rate: ['p'] } },
  schema: z.strictObject({ rate }),
  build:
    (spec) =>
    (x, { random }, path) => {
      const kept = cast(greaterEqual(random.uniform(`${path}/noise`, x.shape), spec.rate), 'float32')
      return mul(x, mul(kept, 1 / (1 - spec.rate)))
    },
})
