import {
  activations,
  createStreams,
  type Definition,
  definePlugin,
  initialWeights,
  layers,
  type Model,
  type ModelSpec,
  masking,
  type Shape,
} from '@sandglass/core'
import { observedLayers } from '@sandglass/trainer'
import { describe, expect, test } from 'vitest'
import {
  activation,
  autoencoder,
  batchNormalization,
  classifier,
  conv1d,
  conv2d,
  createDataset,
  defaultRegistry,
  dense,
  dropout,
  fitGreedy,
  flatten,
  gaussianNoise,
  klSparsity,
  type LayerSpec,
  lstm,
  maxPooling2d,
  open,
  repeatVector,
  reshape,
  sgd,
  timeDistributed,
} from './node/index'
import { createShared, makeExhibits } from './run/exhibits/index'

// Layers and activations of a plugin that are core's under other names: whoever asks what they are must find no
// difference.
const own = new Set<string>()
const under = (definition: Definition) => {
  own.add(definition.type)
  return { ...definition, type: `acme/${definition.type}` }
}
const acme = definePlugin({
  name: '@acme/layers',
  version: '1.0.0',
  apiVersion: 1,
  definitions: [...layers, ...activations].map(under),
})
const registry = defaultRegistry({ plugins: [acme] })
const backend = registry.build('backend', 'cpu')

/** A spec with every layer and activation of core replaced by the plugin's. */
function foreign<T>(spec: T): T {
  const walk = (value: unknown, key = ''): unknown => {
    if (typeof value === 'string')
      return own.has(value) && /^(type|activation|recurrentActivation)$/.test(key) ? `acme/${value}` : value
    if (Array.isArray(value)) return value.map((each) => walk(each))
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, walk(each, name)]))
  }
  return walk(spec) as T
}
const plain = (text: string) => text.replaceAll('acme/', '')

const modelOf = (spec: ModelSpec, fields: Record<string, Shape>): Model =>
  registry.build('model', spec, { registry, fields })
const random = (size: number) => createStreams(3).at('test').uniform(new Float32Array(size))
const images = createDataset('images', {
  input: { shape: [6, 6], data: Uint8Array.from(random(12 * 36), (v) => 255 * v), scale: 1 / 255 },
})
// Steps from the fourth on are padding.
const waves = createDataset('waves', {
  input: { shape: [5, 2], data: random(120).map((v, i) => (i % 10 < 6 ? v + 0.1 : 0)) },
})

const decoder = [dense({ units: 36, activation: 'sigmoid' }), reshape({ shape: [6, 6] })]
const models: Record<string, [ModelSpec, typeof images]> = {
  'noise and rectifiers': [
    autoencoder({
      encoder: [
        flatten(),
        gaussianNoise({ stddev: 0.5 }),
        dense({ units: 3, activation: 'relu' }),
        dropout({ rate: 0.1 }),
      ],
      decoder,
    }),
    images,
  ],
  hashing: [
    autoencoder({
      encoder: [
        flatten(),
        dense({ units: 5, activation: 'tanh' }),
        gaussianNoise({ stddev: 15 }),
        dense({ units: 4, activation: 'sigmoid', activityRegularizer: klSparsity({ weight: 0.1 }) }),
      ],
      decoder,
    }),
    images,
  ],
  convolutions: [
    autoencoder({
      encoder: [
        reshape({ shape: [6, 6, 1] }),
        conv2d({ filters: 2, kernelSize: 3, padding: 'same' }),
        batchNormalization(),
        activation({ activation: 'softplus' }),
        maxPooling2d({ poolSize: 2 }),
        flatten(),
      ],
      decoder,
    }),
    images,
  ],
  sequences: [
    autoencoder({
      encoder: [masking(), lstm({ units: 3, recurrentActivation: 'hardSigmoid' })],
      decoder: [
        repeatVector({ n: 5 }),
        lstm({ units: 3, returnSequences: true }),
        timeDistributed({ layer: dense({ units: 2 }) }),
      ],
    }),
    waves,
  ],
}

describe.each(Object.entries(models))(
  'a model of a plugin’s layers is treated as one of ours: %s',
  (_, [spec, data]) => {
    const fields = { input: data.fields.input!.shape }
    const both = [modelOf(spec, fields), modelOf(foreign(spec), fields)] as const

    test('its activity', () => {
      for (const choice of ['regularized', 'code', 'hidden'] as const) {
        const [ours, theirs] = both.map((model) => observedLayers(model, choice))
        expect(JSON.parse(plain(JSON.stringify(theirs)))).toEqual(ours)
      }
      expect(observedLayers(both[1], 'code')[0]!.type).toMatch(/^acme\//)
    })

    test('its exhibits', async () => {
      const [ours, theirs] = await Promise.all(
        both.map(async (model) => {
          const trained = await open({ model, weights: initialWeights(model, 1) }, { backend })
          try {
            const input = {
              trained,
              backend,
              dataset: data,
              part: 'training',
              seed: 1,
              shared: createShared(),
            }
            return await makeExhibits(registry, input)
          } finally {
            trained.dispose()
          }
        }),
      )
      expect(ours!.length).toBeGreaterThan(1)
      expect(JSON.parse(plain(JSON.stringify(theirs)))).toEqual(JSON.parse(JSON.stringify(ours)))
    })
  },
)

test('exhibits show what they should, so that the comparison means something', async () => {
  const names = async (key: string) => {
    const [spec, dataset] = models[key]!
    const model = modelOf(foreign(spec), { input: dataset.fields.input!.shape })
    const trained = await open({ model, weights: initialWeights(model, 1) }, { backend })
    try {
      const input = { trained, backend, dataset, part: 'training', seed: 1, shared: createShared() }
      return (await makeExhibits(registry, input))
        .map(({ name, caption }) => `${name}: ${caption}`)
        .join('\n')
    } finally {
      trained.dispose()
    }
  }
  expect(await names('noise and rectifiers')).toMatch(
    /denoising: [\s\S]*first layer: What each unit of encoder\/2/,
  )
  expect(await names('hashing')).toMatch(/first layer: [\s\S]*code bits: /)
  expect(await names('convolutions')).toMatch(/first layer: The kernels of encoder\/1, 3 × 3/)
  expect(await names('sequences')).toMatch(/sequences: [\s\S]*Grey steps are masked/)
})

test('greedy stages are cut at a plugin’s layers as at ours', async () => {
  const spec = autoencoder({
    encoder: [
      dense({ units: 5 }),
      batchNormalization(),
      activation({ activation: 'selu' }),
      dense({ units: 3 }),
    ],
    decoder: [dense({ units: 5 }), batchNormalization(), dense({ units: 10 })],
  })
  const data = createDataset('vectors', { input: { shape: [10], data: random(160) } })
  const options = {
    registry,
    backend,
    optimizer: sgd({ learningRate: 0.1 }),
    epochs: 1,
    batchSize: 8,
    seed: 1,
  }
  const [ours, theirs] = [await fitGreedy(spec, data, options), await fitGreedy(foreign(spec), data, options)]
  ours.model.dispose()
  theirs.model.dispose()
  expect(ours.stages).toHaveLength(2)
  expect(theirs.stages.map(({ history }) => history[0]!.loss)).toEqual(
    ours.stages.map(({ history }) => history[0]!.loss),
  )
})

describe('advice', () => {
  const messageOf = (spec: ModelSpec, fields: Record<string, Shape>) => {
    try {
      modelOf(spec, fields)
    } catch (error) {
      return String(error)
    }
    throw new Error('it was built')
  }
  const code = dense({ units: 2 })
  const recurrent = lstm({ units: 2 })
  test.each<[string, LayerSpec[], LayerSpec[], Shape, string]>([
    ['the width of the output', [code], [dense({ units: 3 })], [4], 'Give decoder/0 units: 4.'],
    [
      'of a convolution',
      [conv1d({ filters: 2, kernelSize: 1 })],
      [conv1d({ filters: 3, kernelSize: 1 })],
      [5, 4],
      'Give decoder/0 filters: 4.',
    ],
    [
      'of all steps',
      [recurrent],
      [repeatVector({ n: 5 }), recurrent],
      [5, 3],
      'Give decoder/1 returnSequences: true.',
    ],
    [
      'within an encoder',
      [recurrent, recurrent],
      [code],
      [5, 3],
      'encoder/0 gives its last output only: set returnSequences: true there',
    ],
  ])('%s', (_, encoder, decoder, input, advice) => {
    const spec = autoencoder({ encoder, decoder })
    const [ours, theirs] = [messageOf(spec, { input }), messageOf(foreign(spec), { input })]
    expect(ours).toContain(advice)
    expect(plain(theirs)).toBe(ours)
  })

  test('a head that ends in no activation', () => {
    const spec = classifier({ encoder: [code], head: [dense({ units: 3, activation: 'linear' })] })
    const [ours, theirs] = [spec, foreign(spec)].map((each) => messageOf(each, { input: [4], label: [] }))
    expect(ours).toContain('the head must end in probabilities. Got the activation linear')
    expect(plain(theirs!)).toBe(ours)
  })
})
