import { argMax, cast, equal } from '@tensorflow/tfjs-core'
import { z } from 'zod'
import { define } from '../definition'
import { comparing } from '../losses/comparing'

/** Share of rows whose largest output is at the largest target (one-hot), along the last axis. */
export const categoricalAccuracy = define('metric', {
  type: 'categoricalAccuracy',
  description: 'share of rows with the right class, for one-hot targets',
  aliases: { type: ['acc', 'accuracy'] },
  schema: z.strictObject({}),
  build: ({ type }) =>
    comparing(type, ({ target, output }) => cast(equal(argMax(target, -1), argMax(output, -1)), 'float32')),
})
