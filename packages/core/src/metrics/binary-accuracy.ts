import { cast, equal, greater } from '@tensorflow/tfjs-core'
import { z } from 'zod'
import { define } from '../definition'
import { comparing } from '../losses/comparing'

/** Share of elements whose target equals 1 where the output is above `threshold`, and 0 where it is not. */
export const binaryAccuracy = define('metric', {
  type: 'binaryAccuracy',
  description: 'share of elements on the right side of a threshold',
  aliases: { type: ['acc', 'accuracy'] },
  schema: z.strictObject({ threshold: z.number().min(0).max(1).default(0.5) }),
  build: ({ type, threshold }) =>
    comparing(type, ({ target, output }) =>
      cast(equal(target, cast(greater(output, threshold), 'float32')), 'float32'),
    ),
})
