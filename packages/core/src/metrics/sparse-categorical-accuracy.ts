import { argMax, cast, equal } from '@tensorflow/tfjs-core'
import { z } from 'zod'
import { define } from '../definition'
import { comparingClasses } from '../losses/comparing'

/** Share of rows whose largest output is at the class number given: `[batch, …]` against `[batch, …, classes]`. */
export const sparseCategoricalAccuracy = define('metric', {
  type: 'sparseCategoricalAccuracy',
  description: 'share of rows with the right class, for class numbers',
  aliases: { type: ['acc', 'accuracy'] },
  schema: z.strictObject({}),
  build: ({ type }) =>
    comparingClasses(type, ({ target, output }) =>
      cast(equal(cast(target, 'int32'), argMax(output, -1)), 'float32'),
    ),
})
