import { absOf, define, nonNegative } from '@sandglass/core'
import { add, mul, type Scalar, square, sum } from '@tensorflow/tfjs-core'
import { z } from 'zod'

/** l1·Σ|x| + l2·Σx². With neither given both are 0.01; with one given the other is 0, as in Keras. */
export const l1l2 = define('regularizer', {
  type: 'l1l2',
  description: 'l1·Σ|x| + l2·Σx²',
  aliases: { type: ['elasticNet'] },
  schema: z.strictObject({ l1: nonNegative.optional(), l2: nonNegative.optional() }),
  build: (spec) => {
    const unset = spec.l1 === undefined && spec.l2 === undefined ? 0.01 : 0
    const { l1 = unset, l2 = unset } = spec
    return (x) => sum(add(mul(absOf(x), l1), mul(square(x), l2))) as Scalar
  },
})
