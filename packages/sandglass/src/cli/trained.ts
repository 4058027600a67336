import {
  type Dataset,
  type ModelFile,
  type Registry,
  SandglassError,
  type Spec,
  type Splits,
  type TrainedModel,
} from '@sandglass/core'
import { backendOf } from '@sandglass/trainer'
import { open } from '../node/index'
import { datasetSpec, withFolder } from '../run/dataset-option'
import { readRunFolder } from '../run/folder'
import { loadData } from '../run/load-data'
import type { Settings } from '../run/settings'
import { type Option, type Terminal, type Values, wholeNumber } from './command'
import { loadModelFile, modelPath } from './foreign'
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

/** A model file, where it is, and the settings of the run that it comes from. */
export interface TrainedFile extends Required<ModelFile> {
  readonly path: string
  readonly registry: Registry
  readonly settings?: Settings
}

/** Reads a trained model: a file, or that of a run. */
export async function readTrained(target: string, terminal: Terminal): Promise<TrainedFile> {
  const registry = cliRegistry(terminal)
  const path = await modelPath(target)
  const file = await loadModelFile(path, registry)
  const settings = path === target ? undefined : (await readRunFolder(target)).settings
  return { ...file, path, registry, settings }
}

/** The data that the options name, or else that the model was trained on, and the part of it to use: `usual` unless told. */
export async function dataFor(
  { registry, settings, extras }: TrainedFile,
  values: Values<typeof trainedOptions>,
  usual?: 'train',
): Promise<Omit<Applied, 'trained' | 'extras'>> {
  const spec =
    values.dataset === undefined
      ? (settings?.dataset ?? (extras as { dataset?: Spec }).dataset)
      : datasetSpec(values.dataset)
  if (!spec)
    throw new SandglassError('spec', 'the model file does not say which data to use', {
      advice: 'Name it with --dataset.',
    })
  const splits = await loadData(registry, await withFolder(spec, values['data-dir']))
  const [split, dataset] = partOf(splits, values.split ?? usual)
  return { dataset, split, provenance: splits.provenance }
}

/** Opens a trained model and the data to apply it to. The caller disposes of the model. */
export async function applyModel(
  target: string,
  values: Values<typeof trainedOptions>,
  terminal: Terminal,
  metrics = true,
): Promise<Applied> {
  const file = await readTrained(target, terminal)
  const data = await dataFor(file, values)
  const specs = metrics ? (file.settings?.metrics ?? []) : []
  const backend = backendOf(values.backend, file.registry)
  const trained = await open(file, { backend, metrics: specs as never })
  terminal.err(`${describeData(data)}; on ${trained.backend.id}, ${trained.backend.device}.\n`)
  return { trained, ...data, extras: file.extras as Applied['extras'] }
}

/** `Test data: 1,000 samples of mnist` */
export function describeData({ split, dataset }: Pick<Applied, 'split' | 'dataset'>): string {
  const part = split === 'test' ? 'Test' : split === 'train' ? 'Training' : 'Validation'
  return `${part} data: ${dataset.size.toLocaleString('en')} samples of ${dataset.name}`
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
