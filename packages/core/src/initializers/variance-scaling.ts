import { z } from 'zod'
import { define } from '../definition'
import { positive } from '../schemas'
import { scaled, seeded } from './scaled'

/** Variance `scale / fan`, of which the Glorot, He and LeCun initializers are cases. */
export const varianceScaling = define('initializer', {
  type: 'varianceScaling',
  description: 'variance scale / fan',
  aliases: { absent: seeded },
  schema: z.strictObject({
    scale: positive.default(1),
    mode: z.enum(['fanIn', 'fanOut', 'fanAvg']).default('fanIn'),
    distribution: z.enum(['truncatedNormal', 'untruncatedNormal', 'uniform']).default('truncatedNormal'),
  }),
  build: ({ scale, mode, distribution }) => scaled(scale, mode, distribution),
})
