import { resolve } from 'node:path'
import { showValue } from '../../report/curves'
import { defineCommand, wholeNumber } from '../command'
import { table } from '../help'
import { applyModel, modelPath, trainedOptions } from '../trained'

export const evaluate = defineCommand({
  name: 'evaluate',
  summary: 'Measure the loss of a trained model on a dataset',
  usage: '<run | model.safetensors> [options]',
  examples: [
    'sandglass evaluate my-run',
    'sandglass evaluate my-run/model.safetensors --dataset mnist --split test --json',
  ],
  positionals: [1, 1],
  options: {
    ...trainedOptions,
    'batch-size': { value: 'N', description: 'Samples in a batch (default: 32)' },
  },
  run: async ([target], values, terminal) => {
    const batchSize =
      values['batch-size'] === undefined ? 32 : wholeNumber('batch-size', values['batch-size'], 1)
    const { trained, dataset, split, provenance } = await applyModel(target!, values, terminal)
    try {
      const scalars = await trained.evaluate(dataset, { batchSize })
      if (values.json) {
        const { backend } = trained
        const model = resolve(await modelPath(target!))
        terminal.out(
          `${JSON.stringify({ split, samples: dataset.size, ...scalars, backend, model, data: { provenance } }, null, 2)}\n`,
        )
      } else
        terminal.out(
          `${table(
            Object.entries(scalars).map(([name, value]) => [name, showValue(value)]),
            '',
          )}\n`,
        )
    } finally {
      trained.dispose()
    }
    return 0
  },
})
