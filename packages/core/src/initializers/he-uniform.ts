import { z } from 'zod'
import { define } from '../definition'
import { scaled, seeded } from './scaled'

/** Uniform on ±√(6 / fanIn), for ReLU (He et al. 2015). */
export const heUniform = define('initializer', {
  type: 'heUniform',
  description: 'uniform on ±√(6 / fanIn)',
  aliases: { type: ['kaimingUniform'], absent: seeded },
  schema: z.strictObject({}),
  build: () => scaled(2, 'fanIn', 'uniform'),
})
