import { join } from 'node:path'
import { SandglassError } from '@sandglass/core'
import type { Checkpoint } from '@sandglass/trainer'
import { loadCheckpoint } from '@sandglass/trainer/node'
import { withFolder } from '../../run/dataset-option'
import { exists, files, readJson, readRunFolder } from '../../run/folder'
import type { RunResult } from '../../run/result'
import { defineCommand, wholeNumber } from '../command'
import { observe } from '../observe'
import { commandRegistry } from '../plugins'

export const resume = defineCommand({
  name: 'resume',
  summary: 'Go on with a run that was stopped, or train it longer',
  usage: '<run> [options]',
  details: `<run> is the folder of a run. It goes on from its last checkpoint, on the same backend, and ends with the very numbers
that it would have had without the interruption. One that was ended before its first checkpoint begins anew; one that was
ended while its model or report was written gets them.`,
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
    const checkpoint = await lastCheckpoint(folder!)
    const epochs = values.epochs === undefined ? settings.epochs : wholeNumber('epochs', values.epochs, 1)
    const dataset = await withFolder(settings.dataset, values['data-dir'])
    const done = checkpoint?.position.epoch ?? 0
    if (done >= epochs && (await hasResult(folder!, done)))
      throw new SandglassError('spec', `${folder} is complete`, {
        got: `${done} of ${epochs} epochs done`,
        advice: `To train it longer: sandglass resume ${folder} --epochs ${2 * done}`,
      })
    if (!checkpoint) terminal.err('There is no checkpoint yet: the run begins anew.\n')
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

/** Undefined for a run that was ended before its first one. */
async function lastCheckpoint(folder: string): Promise<Checkpoint | undefined> {
  const path = join(folder, files.checkpoint)
  return (await exists(path)) ? loadCheckpoint(path) : undefined
}

/** Whether the run was brought to its end: model and report are written before the result, which says how many epochs. */
async function hasResult(folder: string, epochs: number): Promise<boolean> {
  const path = join(folder, files.result)
  if (!(await exists(path))) return false
  const { history } = (await readJson(path)) as Partial<RunResult>
  return (history?.length ?? 0) >= epochs
}
