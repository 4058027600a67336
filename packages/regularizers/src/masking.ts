import { define, rate } from '@sandglass/core'
import { cast, greaterEqual, mul } from '@tensorflow/tfjs-core'
import { z } from 'zod'

/**
 * Sets each element to 0 with probability `rate`, the others stay as they are. (`dropout` makes up for it.)
 * Vincent et al. 2010, Stacked Denoising Autoencoders, JMLR 11, section 3.3.
 */
export const masking = define('corruption', {
  type: 'masking',
  description: 'sets elements to 0, leaving the others',
  aliases: { type: ['mask', 'maskingNoise'], options: { rate: ['p', 'fraction'] } },
  schema: z.strictObject({ rate }),
  build:
    (spec) =>
    (x, { random }, path) =>
      mul(x, cast(greaterEqual(random.uniform(`${path}/noise`, x.shape), spec.rate), 'float32')),
})
