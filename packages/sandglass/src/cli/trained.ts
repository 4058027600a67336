import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { type Dataset, SandglassError, type Spec, type Splits, type TrainedModel } from '@sandglass/core'
import { loadModel } from '@sandglass/core/node'
import { backendOf } from '../create-fit'
import { open } from '../node/index'
import { files, readRunFolder } from '../run/folder'
import { loadData } from '../run/load-data'
import { datasetSpec, withFolder } from '../run/settings'
import { type Option, type Terminal, type Values, wholeNumber } from './command'
import { cliRegistry } from './observe'

/** Options of the commands that apply a trained model to data. */
export const trainedOptions = {
  dataset: {
    value: 'DATA',
    description: 'Data: a name, a CSV file, or a spec as JSON (default: what it was trained on)',
  },
  'data-dir': { value: 'FOLDER', description: 'Where the files of the dataset are' },
  split: { value: 'PART', description: 'train, validation or test (default: test if there is one)' },
  backend: { value: 'NAME', description: 'What to run on (default: auto, the fastest)' },
  json: { description: 'Write one JSON document to stdout and nothing else' },
} as const satisfies Record<string, Option>

export interface Applied {
  readonly trained: TrainedModel
  readonly dataset: Dataset
  readonly split: string
  readonly provenance?: string
  /** What travelled with the model. */
  readonly extras: { readonly classNames?: readonly string[] }
}

/** The model file that an argument means: itself, or that in the folder of a run. */
export async function modelPath(target: string): Promise<string> {
  const found = await stat(target).catch(() => undefined)
  return found?.isDirectory() ? join(target, files.model) : target
}

/** Opens a trained model and the data to apply it to. The caller disposes of the model. */
export async function applyModel(
  target: string,
  values: Values<typeof trainedOptions>,
  terminal: Terminal,
  metrics = true,
): Promise<Applied> {
  const registry = cliRegistry(terminal)
  const file = await loadModel(await modelPath(target), registry)
  const isRun = (await modelPath(target)) !== target
  const settings = isRun ? (await readRunFolder(target)).settings : undefined
  const extras = (file.extras ?? {}) as { dataset?: Spec; classNames?: readonly string[] }
  const spec =
    values.dataset === undefined ? (settings?.dataset ?? extras.dataset) : datasetSpec(values.dataset)
  if (!spec)
    throw new SandglassError('spec', 'the model file does not say which data to use', {
      advice: 'Name it with --dataset.',
    })
  const asked = await withFolder(spec, values['data-dir'])
  const splits = await loadData(registry, asked)
  const [split, dataset] = partOf(splits, values.split)
  const specs = metrics ? (settings?.metrics ?? []) : []
  const backend = backendOf(values.backend, registry)
  const trained = await open(file, { backend, metrics: specs as never })
  terminal.err(
    `${split === 'test' ? 'Test' : split === 'train' ? 'Training' : 'Validation'} data: ${dataset.size.toLocaleString('en')} samples of ${dataset.name}; on ${trained.backend.id}, ${trained.backend.device}.\n`,
  )
  return { trained, dataset, split, provenance: splits.provenance, extras }
}

function partOf(splits: Splits, asked: string | undefined): [string, Dataset] {
  const parts = { train: splits.train, validation: splits.validation, test: splits.test }
  const present = Object.entries(parts).filter((entry): entry is [string, Dataset] => entry[1] !== undefined)
  const found = asked === undefined ? present.at(-1) : present.find(([name]) => name === asked)
  if (found) return found
  throw new SandglassError('spec', `the data has no part "${asked}"`, {
    expected: present.map(([name]) => name).join(', '),
  })
}

/** How many samples to take. */
export function countOf(option: string | undefined, name: string, available: number, usual: number): number {
  return Math.min(available, option === undefined ? usual : wholeNumber(name, option, 1))
}
