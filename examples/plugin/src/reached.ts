import { define } from '@sandglass/core'
import type { Callback } from '@sandglass/trainer'
import { z } from 'zod'

/** Ends the run after the first epoch whose figure `monitor`, by default the judged one, is as good as `value`. */
export const reached = define('callback', {
  type: 'rings/reached',
  description: 'ends a run when a figure is good enough',
  schema: z.strictObject({ value: z.number(), monitor: z.string().optional() }),
  build: ({ value, monitor }): Callback => ({
    name: 'rings/reached',
    monitors: (judged) => [monitor ?? judged],
    onEpoch: ({ entry }, run) => {
      const figure = entry[monitor ?? run.monitor.name]
      if (figure === undefined) return
      const good = run.monitor.mode === 'max' ? figure >= value : figure <= value
      if (good) run.stop('reached')
    },
  }),
})
