import { z } from 'zod'
import { define } from '../definition'
import { scaled, seeded } from './scaled'

/** Truncated normal of variance 2 / (fanIn + fanOut) (Glorot & Bengio 2010). */
export const glorotNormal = define('initializer', {
  type: 'glorotNormal',
  description: 'truncated normal of variance 2 / (fanIn + fanOut)',
  aliases: { type: ['xavierNormal'], absent: seeded },
  schema: z.strictObject({}),
  build: () => scaled(1, 'fanAvg', 'truncatedNormal'),
})
