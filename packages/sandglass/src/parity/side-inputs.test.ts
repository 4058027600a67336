import '@tensorflow/tfjs-backend-cpu'
import {
  autoencoder,
  buildChain,
  core,
  countedMean,
  createRegistry,
  define,
  definePlugin,
  dense,
  type ForeignSpec,
  flatten,
  initialWeights,
  layerSpec,
  lstm,
  type Model,
  type ModelSpec,
  penalties,
  readField,
  repeatVector,
  requiredSide,
  sideFields,
  summary,
  sumParts,
  timeDistributed,
} from '@sandglass/core'
import { film, testLayers } from '@sandglass/testing'
import { adam, fit, openModel, trainer, unitActivity } from '@sandglass/trainer'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { compiler, createDataset, createStreams, exportOnnx, type FitResult } from '../index'

// What layers read beside their input reaches them on every backend: in steps, evaluations, functions and exports.

/** A decoder alone: it draws a code and makes of it, and of the condition, what the data should look like. */
const conditional = define('model', {
  type: 'acme/conditional',
  description: 'a code for each sample, decoded under a condition',
  schema: z.strictObject({ latent: z.int().positive(), decoder: z.array(layerSpec()).min(1) }),
  build: (spec, { registry, fields }): Model => {
    const { input: shape = [] } = fields
    const site = { registry, earlier: new Map(), side: sideFields(fields) }
    const encoder = buildChain([flatten(), dense({ units: spec.latent })], {
      ...site,
      path: 'encoder',
      inputShape: shape,
    })
    const decoder = buildChain(spec.decoder, { ...site, path: 'decoder', inputShape: [spec.latent] })
    const loss = registry.build('loss', 'meanSquaredError')
    const weights = { ...encoder.weights, ...decoder.weights }
    const trains = Object.keys(weights)
    return {
      spec,
      registry,
      fields,
      layers: [...encoder.layers, ...decoder.layers],
      weights,
      functions: {
        reconstruct: {
          inputs: { input: shape, ...decoder.side },
          outputs: { output: shape },
          apply: (w, { input, ...side }, context) => ({
            output: decoder.apply(encoder.apply(input!, w, context).output, w, context, side).output,
          }),
        },
        // The batch is that of the condition.
        generate: {
          inputs: decoder.side,
          outputs: { output: shape },
          apply: (w, side, context) => {
            const size = Object.values(side)[0]!.shape[0]!
            const code = context.random.normal('prior', [size, spec.latent])
            return { output: decoder.apply(code, w, context, side).output }
          },
        },
      },
      objectives: [
        {
          name: 'likeness',
          trains,
          fields: { input: 'required', ...requiredSide(decoder.side) },
          loss: (w, batch, context) => {
            const code = encoder.apply(batch.input!, w, context)
            const { output, losses } = decoder.apply(code.output, w, context, batch)
            const comparison = { target: batch.input!, output }
            return {
              ...sumParts({ likeness: countedMean(loss, comparison) }, losses, penalties(weights, trains, w)),
              comparison,
            }
          },
        },
      ],
    }
  },
})

const plugin = definePlugin({
  name: '@acme/conditional',
  version: '1.0.0',
  apiVersion: 1,
  definitions: [conditional],
})
const registry = createRegistry([core, trainer, compiler, testLayers, plugin])
const backends = await Promise.all(
  ['onnxruntime', 'wasm', 'tensorflow'].map(async (id) => {
    const backend = registry.build('backend', { type: id })
    return [id, backend, (await backend.probe()).available] as const
  }),
)
const cpu = registry.build('backend', 'cpu')

const numbers = (name: string, length: number) =>
  createStreams(2).at(name).uniform(new Float32Array(length), -1, 1)
const dataOf = (size: number, shape: number[], mask?: Uint8Array) =>
  createDataset('conditioned', {
    input: { shape, data: numbers(`input ${size}`, size * shape.reduce((a, b) => a * b)) },
    condition: { shape: [3], data: numbers(`condition ${size}`, size * 3) },
    style: { shape: [1], data: numbers(`style ${size}`, size) },
    ...(mask && { mask: { shape: [shape[0]!], data: mask } }),
  })

const decoder = [
  dense({ units: 6, activation: 'tanh' }),
  film(),
  film({ from: 'style' }),
  dense({ units: 7 }),
]
const ofModel: ForeignSpec = { ...conditional({ latent: 2, decoder }) }
const stepsOf = (size: number) =>
  Uint8Array.from({ length: size * 5 }, (_, i) => (i % 5 < 2 + (i % 3) ? 1 : 0))
const cases: Record<string, [ModelSpec, ReturnType<typeof dataOf>, ReturnType<typeof dataOf>]> = {
  'a plugin’s model': [ofModel, dataOf(24, [7]), dataOf(8, [7])],
  'an autoencoder': [
    autoencoder({
      encoder: [film(), dense({ units: 3, activation: 'relu' })],
      decoder: [film({ from: 'style' }), dense({ units: 7 })],
    }),
    dataOf(24, [7]),
    dataOf(8, [7]),
  ],
  'sequences with a mask': [
    autoencoder({
      encoder: [lstm({ units: 3, returnSequences: true }), film(), lstm({ units: 3 })],
      decoder: [
        repeatVector({ n: 5 }),
        lstm({ units: 3, returnSequences: true }),
        timeDistributed({ layer: film({ from: 'style' }) }),
        timeDistributed({ layer: dense({ units: 2 }) }),
      ],
    }),
    dataOf(64, [5, 2], stepsOf(64)),
    dataOf(8, [5, 2], stepsOf(8)),
  ],
}

function expectNear(got: ArrayLike<number>, expected: ArrayLike<number>): void {
  expect(got.length).toBe(expected.length)
  for (let i = 0; i < got.length; i++) expect(got[i], `number ${i}`).toBeCloseTo(expected[i]!, 4)
}

/** Losses of every step, figures of every epoch, activity, and reconstructions under the data's and other conditions. */
async function observed([spec, train, validation]: (typeof cases)[string], backend: typeof cpu) {
  const options = {
    registry,
    backend,
    optimizer: adam({ learningRate: 0.02 }),
    epochs: 3,
    // Large enough that compiled steps may go through parts of a batch at once.
    batchSize: train.size > 32 ? 32 : 8,
    seed: 3,
  }
  const losses: number[] = []
  const run = fit(spec, { train, validation }, { ...options, metrics: ['meanAbsoluteError'] })
  for await (const event of run) if (event.type === 'step') losses.push(event.scalars.loss!)
  const { model, history }: FitResult = await run
  try {
    const underOther = async () => {
      const given = Object.fromEntries(
        Object.keys(model.model.functions.reconstruct!.inputs).map((name) => {
          const { shape, data } = readField(validation, name)
          return [name, { shape, data: name === 'condition' ? data.map((v) => -v) : data }]
        }),
      )
      return [...(await model.run('reconstruct', given)).output!.data]
    }
    const [layer] = await unitActivity(model, validation, { backend, layers: ['encoder/1'] })
    const figures = history.flatMap((entry) => Object.values(entry)).map(Number)
    return {
      losses,
      figures,
      epochs: history.map(({ loss }) => Number(loss)),
      means: [...layer!.means],
      own: [...(await model.run('reconstruct', validation)).output!.data],
      other: await underOther(),
      rows: summary(model.model).rows.filter(({ type }) => type === film.type),
    }
  } finally {
    model.dispose()
  }
}

describe.each(Object.entries(cases))('%s', async (_, one) => {
  const expected = await observed(one, cpu)

  test('learns, and heeds the condition', () => {
    expect(expected.epochs.at(-1)!).toBeLessThan(expected.epochs[0]!)
    expect(expected.own.some((value, i) => Math.abs(value - expected.other[i]!) > 0.01)).toBe(true)
    expect(expected.rows.every(({ parameters }) => parameters > 0)).toBe(true)
  })

  test.each(backends.filter(([, , available]) => available))(
    'does on %s what it does on cpu',
    async (_, backend) => {
      const got = await observed(one, backend)
      for (const key of ['losses', 'figures', 'means', 'own', 'other'] as const)
        expectNear(got[key], expected[key])
    },
  )
})

test('a function of nothing but side inputs draws as many samples as they hold, the same everywhere', async () => {
  const [spec, data] = cases['a plugin’s model']!
  const fields = Object.fromEntries(Object.entries(data.fields).map(([name, { shape }]) => [name, shape]))
  const model = registry.build('model', spec, { registry, fields })
  const weights = initialWeights(model, 1)
  const side = {
    condition: { shape: [5, 3], data: numbers('c', 15) },
    style: { shape: [5, 1], data: numbers('s', 5) },
  }
  const on = async (backend: typeof cpu) => {
    const trained = await openModel({ model, weights }, { backend })
    try {
      const { output } = await trained.run('generate', side, { seed: 1, batchSize: 2 })
      expect(output!.shape).toEqual([5, 7])
      return output!.data
    } finally {
      trained.dispose()
    }
  }
  const expected = await on(cpu)
  for (const [, backend, available] of backends) if (available) expectNear(await on(backend), expected)
})

test('an exported function has the side inputs as inputs', async () => {
  const [spec, data] = cases['a plugin’s model']!
  const fields = Object.fromEntries(Object.entries(data.fields).map(([name, { shape }]) => [name, shape]))
  const model = registry.build('model', spec, { registry, fields })
  const weights = initialWeights(model, 1)
  const session = await InferenceSession.create(exportOnnx(model, 'reconstruct', weights))
  expect([...session.inputNames].sort()).toEqual(['condition', 'input', 'style'])
  const given = {
    input: { shape: [3, 7], data: numbers('i', 21) },
    condition: { shape: [3, 3], data: numbers('c', 9) },
    style: { shape: [3, 1], data: numbers('s', 3) },
  }
  const { output } = await session.run(
    Object.fromEntries(
      Object.entries(given).map(([name, { shape, data }]) => [name, new Tensor('float32', data, shape)]),
    ),
  )
  const trained = await openModel({ model, weights }, { backend: cpu })
  expectNear(output!.data as Float32Array, (await trained.run('reconstruct', given)).output!.data)
  trained.dispose()
})

test('data without the field says which layer misses it', async () => {
  const { input } = dataOf(8, [7]).fields
  const data = createDataset('bare', { input: { shape: input!.shape, data: numbers('input 8', 56) } })
  const run = fit(cases['an autoencoder']![0], data, {
    registry,
    backend: cpu,
    optimizer: 'adam',
    epochs: 1,
    batchSize: 4,
  })
  await expect(run).rejects.toThrow(
    'encoder/0: its side input "condition" is missing. Got no side inputs; expected "condition" of shape [1] a sample. Give it what it reads beside its input: as a rule a field "condition" of the data.',
  )
})
