import { div, log, mul, sum } from '@tensorflow/tfjs-core'
import { z } from 'zod'
import { clipOf } from '../activations/clip'
import { define } from '../definition'
import { comparing, EPSILON } from './comparing'

/** Σ t·log(t / y) over the last axis, both kept within [1e-7, 1]. */
export const kullbackLeiblerDivergence = define('loss', {
  type: 'kullbackLeiblerDivergence',
  description: 'Σ t·log(t / y) over the last axis',
  aliases: { type: ['kl', 'kld', 'klDivergence', 'klDivLoss'] },
  schema: z.strictObject({}),
  build: ({ type }) =>
    comparing(type, ({ target, output }) => {
      const t = clipOf(target, EPSILON, 1)
      return sum(mul(t, log(div(t, clipOf(output, EPSILON, 1)))), -1)
    }),
})
