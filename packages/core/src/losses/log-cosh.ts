import { abs, add, expm1, log1p, mul, sub } from '@tensorflow/tfjs-core'
import { z } from 'zod'
import { elementwise } from '../activations/differentiable'
import { tanhOf } from '../activations/tanh'
import { define } from '../definition'
import { comparing } from './comparing'

/** log cosh d = |d| + log((1 + e^(−2|d|)) / 2), without overflow and exactly 0 at 0; derivative tanh d. */
const logCoshOf = elementwise((x) => {
  const size = abs(x)
  return add(size, log1p(mul(expm1(mul(size, -2)), 0.5)))
}, tanhOf)

/** log cosh(y − t): squared error / 2 near 0, absolute error − log 2 far off. */
export const logCosh = define('loss', {
  type: 'logCosh',
  description: 'log cosh(y − t)',
  schema: z.strictObject({}),
  build: ({ type }) => comparing(type, ({ target, output }) => logCoshOf(sub(output, target))),
})
