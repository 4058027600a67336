import { z } from 'zod'
import { define } from '../definition'
import { scaled, seeded } from './scaled'

/** Uniform on ±√(3 / fanIn) (LeCun et al. 1998). */
export const lecunUniform = define('initializer', {
  type: 'lecunUniform',
  description: 'uniform on ±√(3 / fanIn)',
  aliases: { absent: seeded },
  schema: z.strictObject({}),
  build: () => scaled(1, 'fanIn', 'uniform'),
})
