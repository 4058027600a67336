import { z } from 'zod'
import { define } from '../definition'
import { fans } from './fans'
import { sizeOf } from '../shape'

/** Uniform on ±√(6 / (fanIn + fanOut)) (Glorot & Bengio 2010). */
export const glorotUniform = define('initializer', {
  type: 'glorotUniform',
  description: 'uniform on ±√(6 / (fanIn + fanOut))',
  schema: z.strictObject({}),
  build: () => (shape, stream) => {
    const { fanIn, fanOut } = fans(shape)
    const limit = Math.sqrt(6 / (fanIn + fanOut))
    return stream.uniform(new Float32Array(sizeOf(shape)), -limit, limit)
  },
})
