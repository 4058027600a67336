import { z } from 'zod'
import { define } from '../definition'
import { sizeOf } from '../shape'

/** 1 everywhere. */
export const ones = define('initializer', {
  type: 'ones',
  description: '1 everywhere',
  aliases: { type: ['one'] },
  schema: z.strictObject({}),
  build: () => (shape) => new Float32Array(sizeOf(shape)).fill(1),
})
