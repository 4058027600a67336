import { z } from 'zod'
import { define } from '../definition'
import { nonNegative } from '../schemas'
import { sizeOf } from '../shape'
import { seeded } from './scaled'

/**
 * Normal given that it is within two deviations of the mean; default mean 0, `stddev` 0.05. As in Keras, `stddev` is
 * that before truncation: after it, 0.8796 times as much.
 */
export const truncatedNormal = define('initializer', {
  type: 'truncatedNormal',
  description: 'normal, cut off two deviations from the mean',
  aliases: { type: ['truncNormal'], options: { stddev: ['std', 'sigma'] }, absent: seeded },
  schema: z.strictObject({ mean: z.number().default(0), stddev: nonNegative.default(0.05) }),
  build:
    ({ mean, stddev }) =>
    (shape, stream) =>
      stream.truncatedNormal(new Float32Array(sizeOf(shape)), mean, stddev),
})
