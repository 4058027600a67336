import type { Callback, FitResult } from 'sandglass'
import type { RunContext, Values } from './headline'

/** What every `fit` of a row has in common: its seed, its backend, and a line for each epoch. */
export function common({ seed, backend, log }: Pick<RunContext, 'seed' | 'backend' | 'log'>) {
  return { seed, backend, callbacks: [progress({ log })] }
}

/** A callback that logs every epoch in one line. */
export function progress({ log }: Pick<RunContext, 'log'>): Callback {
  return {
    name: 'progress',
    onEpoch: ({ epoch, entry, seconds }, { epochs }) => {
      const figures = Object.entries(entry)
        .filter(([name]) => /loss|accuracy/i.test(name))
        .map(([name, value]) => `${name} ${value.toFixed(4)}`)
      log(`epoch ${epoch}/${epochs} (${seconds.toFixed(0)} s): ${figures.join(', ')}`)
    },
  }
}

/** What the last epoch of a run reported; lets go of its model. */
export function results({ history, model }: Pick<FitResult, 'history' | 'model'>): Values {
  model.dispose()
  const { epoch: _, learningRate: __, ...values } = history.at(-1)!
  return values
}
