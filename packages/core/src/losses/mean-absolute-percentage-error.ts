import { div, mul, sub } from '@tensorflow/tfjs-core'
import { z } from 'zod'
import { absOf } from '../activations/absolute'
import { atLeast } from '../activations/clip'
import { define } from '../definition'
import { comparing, EPSILON } from './comparing'

/** 100·|y − t| / max(|t|, 1e-7) */
export const meanAbsolutePercentageError = define('loss', {
  type: 'meanAbsolutePercentageError',
  description: '100·|y − t| / |t|',
  aliases: { type: ['mape'] },
  schema: z.strictObject({}),
  build: ({ type }) =>
    comparing(type, ({ target, output }) =>
      mul(absOf(div(sub(output, target), atLeast(absOf(target), EPSILON))), 100),
    ),
})
