import { z } from 'zod'
import { define } from '../definition'
import { scaled, seeded } from './scaled'

/** Truncated normal of variance 1 / fanIn, for SELU (LeCun et al. 1998; Klambauer et al. 2017). */
export const lecunNormal = define('initializer', {
  type: 'lecunNormal',
  description: 'truncated normal of variance 1 / fanIn',
  aliases: { type: ['lecun'], absent: seeded },
  schema: z.strictObject({}),
  build: () => scaled(1, 'fanIn', 'truncatedNormal'),
})
