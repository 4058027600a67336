import { z } from 'zod'
import { define } from '../definition'
import { sizeOf } from '../shape'

/** 0 everywhere. */
export const zeros = define('initializer', {
  type: 'zeros',
  description: '0 everywhere',
  aliases: { type: ['zero'] },
  schema: z.strictObject({}),
  build: () => (shape) => new Float32Array(sizeOf(shape)),
})
