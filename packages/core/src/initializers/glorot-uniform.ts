import { z } from 'zod'
import { define } from '../definition'
import { scaled } from './scaled'

/** Uniform on ±√(6 / (fanIn + fanOut)) (Glorot & Bengio 2010). */
export const glorotUniform = define('initializer', {
  type: 'glorotUniform',
  description: 'uniform on ±√(6 / (fanIn + fanOut))',
  schema: z.strictObject({}),
  build: () => scaled(1, 'fanAvg', 'uniform'),
})
