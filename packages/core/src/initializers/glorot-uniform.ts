import { z } from 'zod'
import { define } from '../definition'
import { scaled, seeded } from './scaled'

/** Uniform on ±√(6 / (fanIn + fanOut)) (Glorot & Bengio 2010). */
export const glorotUniform = define('initializer', {
  type: 'glorotUniform',
  description: 'uniform on ±√(6 / (fanIn + fanOut))',
  aliases: { type: ['xavier', 'xavierUniform'], absent: seeded },
  schema: z.strictObject({}),
  build: () => scaled(1, 'fanAvg', 'uniform'),
})
