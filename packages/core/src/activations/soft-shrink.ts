import { sub } from '@tensorflow/tfjs-core'
import { z } from 'zod'
import { define } from '../definition'
import { nonNegative } from '../schemas'
import { clipOf } from './clip'

/** x moved towards 0 by threshold, 0 within it. */
export const softShrink = define('activation', {
  type: 'softShrink',
  description: 'x moved towards 0 by threshold, 0 within it',
  aliases: { options: { threshold: ['lambd'] } },
  schema: z.strictObject({ threshold: nonNegative.default(0.5) }),
  build: ({ threshold }) => ({
    apply: (x) => sub(x, clipOf(x, -threshold, threshold)),
    elementwise: true,
    off: 'zero',
  }),
})
