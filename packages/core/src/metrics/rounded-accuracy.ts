import { cast, equal, round } from '@tensorflow/tfjs-core'
import { z } from 'zod'
import { define } from '../definition'
import { meanPerSample } from '../losses/mean-per-sample'

/** Share of elements that agree after rounding both target and output to whole numbers. */
export const roundedAccuracy = define('metric', {
  type: 'roundedAccuracy',
  description: 'share of elements equal after rounding',
  schema: z.strictObject({}),
  build: () =>
    ({ target, output }) =>
      meanPerSample(cast(equal(round(target), round(output)), 'float32')),
})
