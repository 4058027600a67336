import { z } from 'zod'
import { define } from '../definition'
import { clipOf } from './clip'

/** x limited to [−1, 1]. */
export const hardTanh = define('activation', {
  type: 'hardTanh',
  description: 'x limited to [−1, 1]',
  schema: z.strictObject({}),
  build: () => ({ apply: (x) => clipOf(x, -1, 1), elementwise: true }),
})
