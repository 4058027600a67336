import { join } from 'node:path'
import { SandglassError } from '@sandglass/core'
import { loadCheckpoint } from '@sandglass/trainer/node'
import { withFolder } from '../../run/dataset-option'
import { files, readRunFolder } from '../../run/folder'
import { defineCommand, wholeNumber } from '../command'
import { observe } from '../observe'
import { commandRegistry } from '../plugins'

export const resume = defineCommand({
  name: 'resume',
  summary: 'Go on with a run that was stopped, or train it longer',
  usage: '<run> [options]',
  details: `<run> is the folder of a run. It goes on from its last checkpoint, on the same backend, and ends with the very numbers
that it would have had without the interruption.`,
  examples: ['sandglass resume runs/sparse-kl-2026-11-21-14-03-59', 'sandglass resume my-run --epochs 20'],
  positionals: [1, 1],
  options: {
    epochs: { value: 'N', description: 'Passes over the data in all (default: as the run began)' },
    'data-dir': { value: 'FOLDER', description: 'Where the files of the dataset are' },
    verbose: { description: 'Say also where data were looked for in vain' },
    json: { description: 'Write one JSON document to stdout at the end, and nothing else' },
  },
  run: async ([folder], values, terminal) => {
    const { settings, model } = await readRunFolder(folder!)
    const checkpoint = await loadCheckpoint(join(folder!, files.checkpoint))
    const epochs = values.epochs === undefined ? settings.epochs : wholeNumber('epochs', values.epochs, 1)
    const dataset = await withFolder(settings.dataset, values['data-dir'])
    if (checkpoint.position.epoch >= epochs)
      throw new SandglassError('spec', `${folder} is complete`, {
        got: `${checkpoint.position.epoch} of ${epochs} epochs done`,
        advice: `To train it longer: sandglass resume ${folder} --epochs ${2 * checkpoint.position.epoch}`,
      })
    return observe(
      { folder: folder!, model, settings: { ...settings, dataset, epochs } },
      {
        terminal,
        json: values.json === true,
        verbose: values.verbose === true,
        resumeFrom: checkpoint,
        description: commandRegistry(terminal.plugins)
          .list('preset')
          .find(({ type }) => type === settings.name)?.description,
      },
    )
  },
})
