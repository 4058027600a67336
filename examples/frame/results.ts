import type { Callback, Dataset, FitResult, Splits } from 'sandglass'
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
        .map(([name, value]) => `${name} ${value.toPrecision(4)}`)
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

/**
 * Mean squared errors over all training and all test data, penalties and noise left out. The older codes print that of
 * the last batch of training, which these stand beside.
 */
export async function errors({ model }: Pick<FitResult, 'model'>, { train, test }: Splits): Promise<Values> {
  const of = async (dataset: Dataset) => (await model.evaluate(dataset, { batchSize: 500 })).reconstruction!
  return { train_mse: await of(train), test_mse: await of(test!) }
}
