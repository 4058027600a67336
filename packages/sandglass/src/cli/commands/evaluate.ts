import { resolve } from 'node:path'
import type { Dataset, TrainedModel } from '@sandglass/core'
import { observedLayers, switchesOff, unitActivity } from '@sandglass/trainer'
import { showValue } from '../../report/curves'
import { defineCommand, wholeNumber } from '../command'
import { modelPath } from '../foreign'
import { table } from '../help-table'
import { applyModel, trainedOptions } from '../trained'

export const evaluate = defineCommand({
  name: 'evaluate',
  summary: 'Measure the loss of a trained model on a dataset',
  usage: '<run | model.safetensors> [options]',
  details:
    'Loss, its parts and metrics over the data, and the units of hidden layers that give nothing for any sample of it.',
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
      const dead = await deadUnits(trained, dataset)
      if (values.json) {
        const { backend } = trained
        const model = resolve(await modelPath(target!))
        terminal.out(
          `${JSON.stringify({ split, samples: dataset.size, ...scalars, deadUnits: dead, backend, model, data: { provenance } }, null, 2)}\n`,
        )
      } else
        terminal.out(
          `${table(
            Object.entries(scalars).map(([name, value]) => [name, showValue(value)]),
            '',
          )}\n${dead.map(showDead).join('')}`,
        )
    } finally {
      trained.dispose()
    }
    return 0
  },
})

interface DeadUnits {
  readonly layer: string
  readonly units: number
  /** Which ones. */
  readonly dead: readonly number[]
}

/** Of the hidden layers whose units can be off. */
async function deadUnits(trained: TrainedModel, dataset: Dataset): Promise<DeadUnits[]> {
  const layers = observedLayers(trained.model, 'hidden').filter(switchesOff)
  const found = await unitActivity(trained, dataset, { layers: layers.map(({ path }) => path) })
  return found.map(({ path, means, dead }) => ({ layer: path, units: means.length, dead }))
}

/** `dead units: 3 of 300 in encoder/2 (7, 19, 204)` */
function showDead({ layer, units, dead }: DeadUnits): string {
  const which = dead.length ? ` (${dead.slice(0, 20).join(', ')}${dead.length > 20 ? '…' : ''})` : ''
  return `dead units: ${dead.length} of ${units} in ${layer}${which}\n`
}
