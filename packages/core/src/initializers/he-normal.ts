import { z } from 'zod'
import { define } from '../definition'
import { scaled, seeded } from './scaled'

/** Truncated normal of variance 2 / fanIn, for ReLU (He et al. 2015). */
export const heNormal = define('initializer', {
  type: 'heNormal',
  description: 'truncated normal of variance 2 / fanIn',
  aliases: { type: ['he', 'kaiming', 'kaimingNormal'], absent: seeded },
  schema: z.strictObject({}),
  build: () => scaled(2, 'fanIn', 'truncatedNormal'),
})
