import { sub } from '@tensorflow/tfjs-core'
import { z } from 'zod'
import { absOf } from '../activations/absolute'
import { define } from '../definition'
import { comparing } from './comparing'

/** |y − t| */
export const meanAbsoluteError = define('loss', {
  type: 'meanAbsoluteError',
  description: '|y − t|',
  aliases: { type: ['mae', 'l1', 'l1Loss'] },
  schema: z.strictObject({}),
  build: ({ type }) => comparing(type, ({ target, output }) => absOf(sub(output, target))),
})
