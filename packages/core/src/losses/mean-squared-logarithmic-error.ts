import { log1p, squaredDifference, type Tensor } from '@tensorflow/tfjs-core'
import { z } from 'zod'
import { atLeast } from '../activations/clip'
import { define } from '../definition'
import { comparing, EPSILON } from './comparing'

const magnitude = (x: Tensor) => log1p(atLeast(x, EPSILON))

/** (log(1 + y) − log(1 + t))², both y and t at least 1e-7. */
export const meanSquaredLogarithmicError = define('loss', {
  type: 'meanSquaredLogarithmicError',
  description: '(log(1 + y) − log(1 + t))²',
  aliases: { type: ['msle'] },
  schema: z.strictObject({}),
  build: ({ type }) =>
    comparing(type, ({ target, output }) => squaredDifference(magnitude(output), magnitude(target))),
})
