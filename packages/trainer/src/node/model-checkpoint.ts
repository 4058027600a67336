import { extname } from 'node:path'
import { define, positiveInt } from '@sandglass/core'
import { z } from 'zod'
import type { Callback, Run } from '../callbacks/callback'
import { chosenMonitor, improves, monitorOptions } from '../callbacks/monitor'
import { saveCheckpoint } from './checkpoint-file'

/**
 * Saves the run in the file `path` after every `every` epochs or steps and when it ends, always whole and always over
 * the last one; `loadCheckpoint` reads it for `resumeFrom`. With `keepBest` the checkpoint of the epoch that is best by
 * `monitor` (by default the figure by which the run is judged) stays beside it, as `run.best.ckpt` for `run.ckpt`.
 * Weights that are not finite are never saved: the run fails instead.
 */
export const modelCheckpoint = define('callback', {
  type: 'modelCheckpoint',
  description: 'saves a run so that it can be resumed',
  aliases: { options: { path: ['filename', 'filepath'], keepBest: ['saveBestOnly'] } },
  schema: z.strictObject({
    path: z.string().min(1),
    every: positiveInt.default(1),
    unit: z.enum(['epoch', 'step']).default('epoch'),
    keepBest: z.boolean().default(false),
    ...monitorOptions,
  }),
  build: ({ path, every, unit, keepBest, ...choice }): Callback => {
    let saved = -1

    /** The history tells what was best before, so a resumed run needs no memory of it. */
    function isBest({ history, monitor }: Run): boolean {
      const { name, mode } = chosenMonitor(choice, monitor)
      let best: number | undefined
      for (const { [name]: value } of history.slice(0, -1))
        if (value !== undefined && improves(value, best, mode)) best = value
      const last = history.at(-1)![name]
      return last !== undefined && improves(last, best, mode)
    }

    return {
      name: 'modelCheckpoint',
      monitors: (own) => (keepBest ? [choice.monitor ?? own] : []),
      onSettled: async (event, run) => {
        const best = keepBest && event.type === 'epoch' && isBest(run)
        const due = event.type === unit && (unit === 'step' ? event.step : event.epoch) % every === 0
        // The end of an epoch is a state of its own: its history is complete.
        if (!due && !best) return
        const checkpoint = await run.checkpoint()
        if (best) await saveCheckpoint(bestPath(path), checkpoint)
        if (!due) return
        await saveCheckpoint(path, checkpoint)
        saved = event.step
      },
      onEnd: async ({ step }, run) => {
        if (saved !== step || unit === 'step') await saveCheckpoint(path, await run.checkpoint())
      },
    }
  },
})

/** Where `modelCheckpoint` keeps the best checkpoint. */
export function bestPath(path: string): string {
  const extension = extname(path)
  return `${path.slice(0, path.length - extension.length)}.best${extension}`
}
