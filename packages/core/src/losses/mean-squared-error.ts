import { squaredDifference } from '@tensorflow/tfjs-core'
import { z } from 'zod'
import { define } from '../definition'
import { comparing } from './comparing'

/** (y − t)² */
export const meanSquaredError = define('loss', {
  type: 'meanSquaredError',
  description: '(y − t)²',
  aliases: { type: ['mse', 'mseLoss', 'l2'] },
  schema: z.strictObject({}),
  build: ({ type }) => comparing(type, ({ target, output }) => squaredDifference(output, target)),
})
