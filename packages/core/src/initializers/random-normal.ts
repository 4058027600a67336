import { z } from 'zod'
import { define } from '../definition'
import { nonNegative } from '../schemas'
import { sizeOf } from '../shape'
import { seeded } from './scaled'

/** Normal; default mean 0, standard deviation 0.05. */
export const randomNormal = define('initializer', {
  type: 'randomNormal',
  description: 'normal of a given mean and deviation',
  aliases: { type: ['normal', 'gaussian'], options: { stddev: ['std', 'sigma'] }, absent: seeded },
  schema: z.strictObject({ mean: z.number().default(0), stddev: nonNegative.default(0.05) }),
  build:
    ({ mean, stddev }) =>
    (shape, stream) =>
      stream.normal(new Float32Array(sizeOf(shape)), mean, stddev),
})
