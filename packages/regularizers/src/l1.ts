import { absOf, define, nonNegative } from '@sandglass/core'
import { mul, type Scalar, sum } from '@tensorflow/tfjs-core'
import { z } from 'zod'

/** l1·Σ|x|: pulls values to exactly 0. Its gradient at 0 is 0. */
export const l1 = define('regularizer', {
  type: 'l1',
  description: 'l1·Σ|x|',
  aliases: { type: ['lasso'], options: { l1: ['factor', 'weight', 'lambda', 'alpha', 'strength'] } },
  schema: z.strictObject({ l1: nonNegative.default(0.01) }),
  build: (spec) => (x) => mul(sum(absOf(x)), spec.l1) as Scalar,
})
