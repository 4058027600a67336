import { add, log, mul, sub } from '@tensorflow/tfjs-core'
import { z } from 'zod'
import { define } from '../definition'
import { comparing, EPSILON } from './comparing'

/** y − t·log(y + 1e-7): the negative log-likelihood of a count t with mean y ≥ 0, less log t!. */
export const poisson = define('loss', {
  type: 'poisson',
  description: 'y − t·log y, for counts',
  aliases: { type: ['poissonNllLoss'] },
  schema: z.strictObject({}),
  build: ({ type }) =>
    comparing(type, ({ target, output }) => sub(output, mul(target, log(add(output, EPSILON))))),
})
