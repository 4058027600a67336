import { z } from 'zod'
import { define } from '../definition'

/** x */
export const linear = define('activation', {
  type: 'linear',
  description: 'x',
  aliases: { type: ['identity', 'none'] },
  schema: z.strictObject({}),
  build: () => ({ apply: (x) => x, elementwise: true, identity: true }),
})
