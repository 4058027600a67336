import { define, type HostRecord, SandglassError } from '@sandglass/core'
import { z } from 'zod'
import type { Callback } from './callback'
import { chosenMonitor, improves, monitorOptions } from './monitor'

const stateSchema = z.strictObject({ waited: z.int().nonnegative(), best: z.number().optional() })

/**
 * Ends the run when `monitor` (by default the figure by which the run is judged) has not improved by more than
 * `minDelta` for `patience` epochs, as Keras does (never after the first epoch). Epochs of phases that do not report it
 * do not count. With `restoreBest` the trained model gets the weights of the best epoch, whether the run was ended here
 * or not.
 */
export const earlyStopping = define('callback', {
  type: 'earlyStopping',
  description: 'ends a run when a metric has stopped improving',
  aliases: {
    options: { restoreBest: ['restoreBestWeights'] },
    absent: { verbose: 'every event is sent to whoever iterates over the run' },
  },
  schema: z.strictObject({
    ...monitorOptions,
    patience: z.int().nonnegative().default(0),
    minDelta: z.number().nonnegative().default(0),
    restoreBest: z.boolean().default(false),
  }),
  build: ({ patience, minDelta, restoreBest, ...choice }): Callback => {
    let waited = 0
    let best: number | undefined
    let bestWeights: HostRecord | undefined
    return {
      name: 'earlyStopping',
      monitors: (own) => [choice.monitor ?? own],
      onEpoch: async ({ epoch, entry }, run) => {
        const { name, mode } = chosenMonitor(choice, run.monitor)
        const value = entry[name]
        if (value === undefined) return
        if (improves(value, best, mode, minDelta)) {
          best = value
          waited = 0
          if (restoreBest) bestWeights = await run.weights()
        } else if (++waited >= patience && epoch > 1) run.stop('earlyStopping')
      },
      onEnd: async (_, run) => {
        if (bestWeights) await run.setWeights(bestWeights)
      },
      state: () => ({ json: { waited, ...(best !== undefined && { best }) }, tensors: bestWeights }),
      restore: ({ json, tensors }) => {
        const state = stateSchema.safeParse(json)
        if (!state.success)
          throw new SandglassError('file', 'the checkpoint holds a malformed state of earlyStopping', {
            got: JSON.stringify(json),
            cause: state.error,
          })
        waited = state.data.waited
        best = state.data.best
        bestWeights = tensors && Object.keys(tensors).length > 0 ? tensors : undefined
      },
    }
  },
})
