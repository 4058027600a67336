import { cast, equal, round } from '@tensorflow/tfjs-core'
import { z } from 'zod'
import { define } from '../definition'
import { comparing } from '../losses/comparing'

/** Share of elements that agree after rounding both target and output to whole numbers. */
export const roundedAccuracy = define('metric', {
  type: 'roundedAccuracy',
  description: 'share of elements equal after rounding',
  schema: z.strictObject({}),
  build: ({ type }) =>
    comparing(type, ({ target, output }) => cast(equal(round(target), round(output)), 'float32')),
})
