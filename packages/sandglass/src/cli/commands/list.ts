import { nearest, SandglassError } from '@sandglass/core'
import { presetsOf } from '../../presets/preset-plugin'
import { defineCommand } from '../command'
import { wrappedTable } from '../help-table'
import { commandRegistry } from '../plugins'
import { presetList } from '../preset-list'

export const list = defineCommand({
  name: 'list',
  summary: 'List presets, layers, losses, optimizers, datasets…',
  usage: '[kind] [options]',
  details: 'Every name here can stand in a spec file or an option.',
  examples: ['sandglass list', 'sandglass list optimizer', 'sandglass list layer --json'],
  positionals: [0, 1],
  options: { json: { description: 'Write one JSON document: kind, type, description and plugin of each' } },
  run: async ([asked], values, terminal) => {
    const registry = commandRegistry(terminal.plugins)
    await registry.load(registry.list('preset').map(({ type }) => type))
    const presets = presetsOf(registry)
    const families = new Map(presets.map(({ name, family }) => [name, family]))
    const entries = registry.list()
    const all = [
      ...entries
        .filter(({ kind }) => kind === 'preset')
        .map((each) => ({ ...each, family: families.get(each.type) })),
      ...entries.filter(({ kind }) => kind !== 'preset'),
    ]
    const kinds = [...new Set(all.map(({ kind }) => kind))]
    const kind = asked === undefined ? undefined : kindOf(asked, kinds)
    const entriesOf = (each: string) =>
      wrappedTable(
        all
          .filter((e) => e.kind === each)
          .map(({ type, description }): [string, string] => [type, description]),
      )
    const shown = all.filter((entry) => kind === undefined || entry.kind === kind)
    if (values.json) terminal.out(`${JSON.stringify(shown, null, 2)}\n`)
    else {
      const sections = kinds
        .filter((each) => kind === undefined || each === kind)
        .map((each) => `${headingOf(each)}\n${each === 'preset' ? presetList(presets) : entriesOf(each)}`)
      terminal.out(`${sections.join('\n\n')}\n`)
    }
    return 0
  },
})

/** What the things of a kind are for. */
const purposes: Readonly<Record<string, string>> = {
  preset: 'models with data and settings, for `sandglass train NAME`',
  model: 'what a spec file describes',
  layer: 'what encoders and decoders are made of',
  activation: 'the option "activation" of layers',
  initializer: 'options like "kernelInitializer" of layers',
  loss: 'the option "loss" of models: what is minimised',
  metric: 'what is reported beside the loss: --metric',
  regularizer: 'penalties: options like "activityRegularizer" and "kernelRegularizer" of layers',
  mappingRegularizer: 'penalties on the encoder as a whole: the option "encoderRegularizer" of models',
  corruption: 'damage that a model learns to undo: the option "corruption" of models',
  dataset: 'what models are trained on: --dataset, also spelt fashion-mnist',
  sampler: 'what draws codes for new samples: `sandglass sample --sampler NAME`',
  exhibit: 'what reports show of a model',
  likelihood: 'how data is taken to be spread about what a decoder gives',
  workload: 'training steps that the benchmark measures',
  optimizer: 'how weights are changed: --optimizer',
  schedule: 'how the learning rate changes: the option "learningRate" of optimizers',
  backend: 'what computes: --backend; `sandglass doctor` says which run here',
  callback: 'what takes part in a run, from programs',
}

function headingOf(kind: string): string {
  return purposes[kind] ? `${kind}: ${purposes[kind]}` : kind
}

/** Plural forms are understood: `layers`, `losses`. */
function kindOf(asked: string, kinds: readonly string[]): string {
  const found = kinds.find((kind) => asked === kind || asked === `${kind}s` || asked === `${kind}es`)
  if (found) return found
  const close = nearest(asked, kinds)
  throw new SandglassError('spec', `unknown kind "${asked}"`, {
    expected: `one of ${kinds.join(', ')}`,
    advice: close ? `Did you mean "${close}"?` : undefined,
  })
}
