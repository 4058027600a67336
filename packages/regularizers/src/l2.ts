import { define, nonNegative } from '@sandglass/core'
import { mul, type Scalar, square, sum } from '@tensorflow/tfjs-core'
import { z } from 'zod'

/** l2·Σx²: keeps values small (no factor ½, as in Keras). */
export const l2 = define('regularizer', {
  type: 'l2',
  description: 'l2·Σx²',
  aliases: {
    type: ['ridge', 'weightDecay'],
    options: { l2: ['factor', 'weight', 'lambda', 'alpha', 'strength'] },
  },
  schema: z.strictObject({ l2: nonNegative.default(0.01) }),
  build: (spec) => (x) => mul(sum(square(x)), spec.l2) as Scalar,
})
