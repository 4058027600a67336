import { z } from 'zod'
import { define } from '../definition'
import { sizeOf } from '../shape'
import { seeded } from './scaled'

/** Uniform on [min, max); default ±0.05. */
export const randomUniform = define('initializer', {
  type: 'randomUniform',
  description: 'uniform on [min, max)',
  aliases: {
    type: ['uniform'],
    options: { min: ['minval', 'low'], max: ['maxval', 'high'] },
    absent: seeded,
  },
  schema: z
    .strictObject({ min: z.number().default(-0.05), max: z.number().default(0.05) })
    .refine(({ min, max }) => min <= max, { error: 'min must not be above max', path: ['min'] }),
  build:
    ({ min, max }) =>
    (shape, stream) =>
      stream.uniform(new Float32Array(sizeOf(shape)), min, max),
})
