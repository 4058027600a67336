import { define, nonNegative } from '@sandglass/core'
import { add, mul } from '@tensorflow/tfjs-core'
import { z } from 'zod'

/** x + stddev·n with n standard normal. */
export const gaussianNoise = define('corruption', {
  type: 'gaussianNoise',
  description: 'adds normal noise',
  aliases: { type: ['gaussian', 'noise', 'normal'], options: { stddev: ['std', 'sigma', 'noiseFactor'] } },
  schema: z.strictObject({ stddev: nonNegative }),
  build:
    ({ stddev }) =>
    (x, { random }, path) =>
      add(x, mul(random.normal(`${path}/noise`, x.shape), stddev)),
})
