import { basename } from 'node:path'
import {
  type MetricSpec,
  type ModelSpec,
  nearest,
  type Registry,
  SandglassError,
  type Spec,
} from '@sandglass/core'
import { readWholeFile } from '@sandglass/core/node'
import { version } from '../../../package.json'
import type { Preset } from '../../presets/index'
import { presetNamed } from '../../presets/preset-plugin'
import { datasetSpec, withFolder } from '../../run/dataset-option'
import { checkUnused, clearRunFolder, exists } from '../../run/folder'
import { parseJson } from '../../run/parse-json'
import type { RunPlan } from '../../run/run-plan'
import { defineCommand, type Values } from '../command'
import { checkIsSpec } from '../foreign'
import { observe } from '../observe'
import { commandRegistry } from '../plugins'
import { presetList } from '../preset-list'
import { trainingOf, trainingOptions } from '../training-options'

const options = {
  dataset: {
    value: 'DATA',
    description:
      "Data: a name (fashion-mnist, mnist, swiss-roll…), a CSV file, or a spec as JSON (default: the preset's)",
  },
  'data-dir': { value: 'FOLDER', description: 'Where the files of the dataset are' },
  ...trainingOptions,
  backend: {
    value: 'NAME',
    description: 'What to train on; `sandglass doctor` lists them (default: auto, the fastest)',
  },
  out: { value: 'FOLDER', description: 'Folder of the run (default: runs/NAME-TIME)' },
  overwrite: { description: 'Replace the run that lies in the folder of --out' },
  verbose: { description: 'Say also where data were looked for in vain' },
  json: { description: 'Write one JSON document to stdout at the end, and nothing else' },
} as const

export const train = defineCommand({
  name: 'train',
  summary: 'Train a preset or a model of your own and leave a report',
  usage: '<preset | spec.json> [options]',
  details: `A preset is a model with data and settings, ready to train:
${presetList()}

A spec file describes a model of your own, as the object that autoencoder() takes:
  {
    "type": "autoencoder",
    "encoder": ["flatten", { "type": "dense", "units": 30, "activation": "relu" }],
    "decoder": [{ "type": "dense", "units": 784, "activation": "sigmoid" }, { "type": "reshape", "shape": [28, 28] }],
    "loss": "binaryCrossentropy"
  }
\`sandglass list layer\` names what it can be made of. The input shape comes from the dataset unless the spec gives one.
Without other options it is trained on Fashion-MNIST for 10 epochs with its own optimizers, or adam.

The run's folder gets report.html (curves, originals beside reconstructions, filters, the latent space), the pictures in
it, model.safetensors, the history as JSON lines, and checkpoints. Ctrl-C stops cleanly; \`sandglass resume FOLDER\` goes
on.`,
  examples: [
    'sandglass train sparse-kl',
    'sandglass train sparse-kl --dataset fashion-mnist --epochs 2 --seed 1 --out my-run',
    'sandglass train model.json --dataset table.csv --optimizer adam --learning-rate 0.001 --json',
  ],
  positionals: [1, 1],
  options,
  run: async ([target], values, terminal) => {
    const registry = commandRegistry(terminal.plugins)
    await registry.load(target)
    const plan = await planOf(target!, values, registry)
    if (values.out && values.overwrite) await clearRunFolder(plan.run.folder)
    else if (values.out) await checkUnused(plan.run.folder)
    return observe(plan.run, {
      terminal,
      json: values.json === true,
      verbose: values.verbose === true,
      description: plan.description,
    })
  },
})

async function planOf(
  target: string,
  values: Values<typeof options>,
  registry: Registry,
): Promise<{ run: RunPlan; description?: string }> {
  const preset = presetNamed(registry, target)
  const { name, model, dataset, description, ...own } = preset ?? (await fromFile(target, registry))
  const chosen = await withFolder(
    values.dataset === undefined ? dataset : datasetSpec(values.dataset),
    values['data-dir'],
  )
  const { training, learningRate } = trainingOf(own, values)
  return {
    description,
    run: {
      model,
      folder: values.out ?? `runs/${name}-${timestamp(new Date())}`,
      settings: {
        version,
        name,
        dataset: { ...chosen },
        ...training,
        backend: values.backend ?? 'auto',
      },
      learningRate,
    },
  }
}

/** A model of the user's with settings that suit most. */
async function fromFile(
  target: string,
  registry: Registry,
): Promise<
  Omit<Preset, 'family' | 'description' | 'batchSize'> & { description?: string; batchSize?: number }
> {
  if (!/\.json$/i.test(target) && !(await exists(target))) {
    const names = registry.list('preset').map(({ type }) => type)
    const close = nearest(target, names)
    throw new SandglassError('spec', `unknown preset "${target}"`, {
      expected: `one of ${names.join(', ')}, or a spec file`,
      advice: close ? `Did you mean "${close}"?` : '`sandglass list preset` shows them.',
    })
  }
  const model = await readSpec(target)
  const loss = (model as { loss?: Spec | string } | null)?.loss
  const binary = (typeof loss === 'string' ? loss : loss?.type) === 'binaryCrossentropy'
  return {
    name: basename(target).replace(/\.json$/i, ''),
    model,
    dataset: { type: 'fashionMnist', fallback: 'excerpt' } as Spec,
    epochs: 10,
    metrics: (binary ? [{ type: 'roundedAccuracy' }] : []) as MetricSpec[],
  }
}

/** Throws `SandglassError` (`file` or `spec`) when it cannot be read or is no spec. */
async function readSpec(path: string): Promise<ModelSpec> {
  const bytes = await readWholeFile(path)
  checkIsSpec(path, bytes)
  return parseJson(new TextDecoder().decode(bytes), path) as ModelSpec
}

/** `2026-11-21-14-03-59`, local time. */
export function timestamp(date: Date): string {
  const pad = (value: number) => String(value).padStart(2, '0')
  const day = [date.getFullYear(), pad(date.getMonth() + 1), pad(date.getDate())]
  return [...day, pad(date.getHours()), pad(date.getMinutes()), pad(date.getSeconds())].join('-')
}
