import { define, positive } from '@sandglass/core'
import { z } from 'zod'

/** `value` throughout: what a plain number for a learning rate stands for. */
export const constantSchedule = define('schedule', {
  type: 'constant',
  description: 'the same learning rate throughout',
  schema: z.strictObject({ value: positive }),
  build:
    ({ value }) =>
    () =>
      value,
})
