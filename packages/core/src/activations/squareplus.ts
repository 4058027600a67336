import { add, mul, sqrt, square } from '@tensorflow/tfjs-core'
import { z } from 'zod'
import { define } from '../definition'
import { positive } from '../schemas'

/** (x + √(x² + b)) / 2. Barron 2021, arXiv:2112.11687. */
export const squareplus = define('activation', {
  type: 'squareplus',
  description: '(x + √(x² + b)) / 2',
  schema: z.strictObject({ b: positive.default(4) }),
  build: ({ b }) => ({ apply: (x) => mul(add(x, sqrt(add(square(x), b))), 0.5), elementwise: true }),
})
