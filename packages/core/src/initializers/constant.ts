import { z } from 'zod'
import { define } from '../definition'
import { sizeOf } from '../shape'

/** `value` everywhere; default 0. */
export const constant = define('initializer', {
  type: 'constant',
  description: 'one value everywhere',
  aliases: { options: { value: ['val'] } },
  schema: z.strictObject({ value: z.number().default(0) }),
  build:
    ({ value }) =>
    (shape) =>
      new Float32Array(sizeOf(shape)).fill(value),
})
