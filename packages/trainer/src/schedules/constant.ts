import { define } from '@sandglass/core'
import { z } from 'zod'

/** `value` throughout: what a plain number stands for. */
export const constantSchedule = define('schedule', {
  type: 'constant',
  description: 'the same value throughout',
  aliases: { type: ['constantLr'], options: { value: ['learningRate', 'lr'] } },
  schema: z.strictObject({ value: z.number() }),
  build:
    ({ value }) =>
    () =>
      value,
})
