import '@tensorflow/tfjs-backend-cpu'
import type { Kind, Model, Objective, Program } from '@sandglass/core'
import * as tf from '@tensorflow/tfjs-core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  activationOptions,
  corruptionOptions,
  denseCase,
  layerCases,
  lossCases,
  optimizerOptions,
  regularizerOptions,
} from './cases'
import { batchAt, differencesOf, expectParity, type ParityCase, programOf, registry, train } from './fixture'

// Every definition there is, in a small model: compiled and eager training from one seed must agree.

const eager = registry.build('backend', 'cpu')
const compiled = registry.build('backend', { type: 'onnxruntime', threads: 1 })

/** Trains a program on both, and evaluates. */
async function compare(one: ParityCase, program: Program = programOf(one)): Promise<void> {
  const [a, b] = [await compiled.open(program), await eager.open(program)]
  try {
    expectParity(await train(a, one), await train(b, one))
    const request = { objective: 'reconstruction', batch: batchAt(one, 0), index: 0 }
    const [got, wanted] = [await a.evaluate(request), await b.evaluate(request)]
    expect(Object.keys(got)).toEqual(Object.keys(wanted))
    for (const [name, value] of Object.entries(wanted))
      expect(Math.abs(got[name]! - value), name).toBeLessThanOrEqual(2e-4 * Math.max(1, Math.abs(value)))
  } finally {
    a.dispose()
    b.dispose()
  }
}

/** Rows `[type, case]` for every registered definition of a kind. Those without a case fail as tests of their own. */
function rowsOf(
  kind: Kind,
  casesOf: (type: string) => readonly ParityCase[] | undefined,
): [string, ParityCase | undefined][] {
  return registry.list(kind).flatMap(({ type }) => {
    const cases = casesOf(type)
    return cases?.length
      ? cases.map((one, i): [string, ParityCase] => [i ? `${type} (${i + 1})` : type, one])
      : [[type, undefined] as [string, undefined]]
  })
}

async function compareRow(_: string, one: ParityCase | undefined): Promise<void> {
  if (!one) throw new Error('has no case in cases.ts')
  await compare(one)
}

/** Options under those names that the definition knows. */
function accepted(kind: Kind, type: string, options: object = {}): object {
  const names = Object.keys(registry.get(kind, type).schema.shape)
  return { type, ...Object.fromEntries(Object.entries(options).filter(([name]) => names.includes(name))) }
}

describe('layers', () => {
  test.each(rowsOf('layer', (type) => layerCases[type]))('%s', compareRow)
})

describe('losses', () => {
  test.each(rowsOf('loss', (type) => lossCases[type]))('%s', compareRow)
})

describe('activations', () => {
  const rows = rowsOf('activation', (type) => {
    const activation = accepted('activation', type, activationOptions[type]) as never
    const layers = [{ type: 'dense', units: 3, activation }] as never
    return [denseCase({ model: { encoder: layers } })]
  })
  test.each(rows)('%s', compareRow)
})

describe('regularizers, of kernels and of outputs', () => {
  const rows = rowsOf('regularizer', (type) => {
    const options = regularizerOptions[type]
    if (!options) return undefined
    const penalty = accepted('regularizer', type, options) as never
    const activity = { type: 'dense', units: 3, activation: 'sigmoid', activityRegularizer: penalty }
    // What is for activations in (0, 1) would make weights infinite.
    const kernel = type === 'klSparsity' ? activity : { ...activity, kernelRegularizer: penalty }
    return [denseCase({ model: { encoder: [kernel] as never } })]
  })
  test.each(rows)('%s', compareRow)
})

describe('corruptions', () => {
  const rows = rowsOf('corruption', (type) => {
    const options = corruptionOptions[type]
    return options && [denseCase({ model: { corruption: accepted('corruption', type, options) as never } })]
  })
  test.each(rows)('%s', compareRow)
})

describe('optimizers', () => {
  const rows = rowsOf('optimizer', (type) =>
    optimizerOptions[type]?.map((options) =>
      denseCase({ optimizer: { type, ...options }, learningRate: 0.01, steps: 8 }),
    ),
  )
  test.each(rows)('%s', compareRow)
})

describe('metrics', () => {
  const rows = registry.list('metric').map(({ type }) => [type])
  test.each(rows)('%s', async (type) => {
    const whole = type!.startsWith('sparse')
    const one = whole ? lossCases.sparseCategoricalCrossentropy![0]! : denseCase({ steps: 1 })
    await compare(one, { ...programOf(one), metrics: { metric: registry.build('metric', type) } })
  })
})

const conv = (filters: number, more: object = {}) => ({
  type: 'conv2d',
  filters,
  kernelSize: 3,
  padding: 'same',
  activation: 'selu',
  ...more,
})
const stacked = {
  encoder: [
    { type: 'flatten' },
    { type: 'dense', units: 24, activation: 'selu' },
    { type: 'dense', units: 8, activation: 'selu' },
  ],
  decoder: [
    { type: 'dense', units: 24, activation: 'selu' },
    { type: 'dense', units: 64, activation: 'sigmoid' },
    { type: 'reshape', shape: [8, 8] },
  ],
  loss: 'binaryCrossentropy',
}
const sparsity = { type: 'klSparsity', weight: 0.05, target: 0.1 }
const wholes: Readonly<
  Record<string, Omit<ParityCase, 'model' | 'fields'> & { model: object; fields?: object }>
> = {
  'sparse with a KL penalty': {
    model: {
      ...stacked,
      encoder: [
        { type: 'flatten' },
        { type: 'dense', units: 24, activation: 'selu' },
        { type: 'dense', units: 30, activation: 'sigmoid', activityRegularizer: sparsity },
      ],
    },
    learningRate: 1,
  },
  'stacked, by Adam': { model: stacked, optimizer: 'adam', learningRate: 1e-3 },
  tied: {
    model: {
      ...stacked,
      encoder: [{ type: 'flatten' }, { type: 'dense', units: 16, activation: 'selu' }],
      decoder: [
        { type: 'dense', units: 64, activation: 'sigmoid', tiedTo: 'encoder/1' },
        { type: 'reshape', shape: [8, 8] },
      ],
    },
    learningRate: 0.5,
  },
  denoising: {
    model: { ...stacked, corruption: { type: 'gaussianNoise', stddev: 0.2 } },
    learningRate: 0.5,
  },
  'with dropout and batch normalization': {
    model: {
      ...stacked,
      encoder: [
        { type: 'flatten' },
        { type: 'dropout', rate: 0.3 },
        { type: 'dense', units: 24, activation: 'relu' },
        { type: 'batchNormalization' },
        { type: 'dense', units: 8 },
      ],
    },
    optimizer: 'nadam',
    learningRate: 1e-3,
    batch: 16,
  },
  convolutional: {
    fields: { input: [8, 8, 1] },
    model: {
      encoder: [
        conv(4),
        { type: 'maxPooling2d', poolSize: 2 },
        conv(6),
        { type: 'maxPooling2d', poolSize: 2 },
      ],
      decoder: [
        { ...conv(4), type: 'conv2dTranspose', strides: 2 },
        { ...conv(1), type: 'conv2dTranspose', strides: 2, activation: 'sigmoid' },
      ],
      loss: 'binaryCrossentropy',
    },
    learningRate: 0.2,
    batch: 4,
    steps: 40,
  },
  recurrent: {
    model: {
      encoder: [
        { type: 'lstm', units: 6, returnSequences: true },
        { type: 'lstm', units: 4 },
      ],
      decoder: [
        { type: 'repeatVector', n: 8 },
        { type: 'lstm', units: 6, returnSequences: true },
        { type: 'timeDistributed', layer: { type: 'dense', units: 8, activation: 'sigmoid' } },
      ],
      loss: 'binaryCrossentropy',
    },
    learningRate: 0.2,
    steps: 20,
  },
}

/** What a whole model needs is registered. */
const buildable = Object.entries(wholes).filter(([, { model }]) => {
  const types = JSON.stringify(model).match(/(?<="type":")\w+/g) ?? []
  return types.every((type) =>
    ['layer', 'corruption', 'regularizer'].some((kind) => registry.has(kind as Kind, type)),
  )
})

describe('whole models', () => {
  test.each(buildable)('%s', async (_, one) => {
    await compare({ fields: { input: [8, 8] }, steps: 100, batch: 8, ...one } as ParityCase)
  })
})

test('random small models agree', async () => {
  const names = (kind: Kind, but: readonly string[] = []) =>
    fc.constantFrom(
      ...registry
        .list(kind)
        .map(({ type }) => type)
        .filter((type) => !but.includes(type)),
    )
  // Those need options, or grow without bound.
  const activation = names('activation', ['threshold', 'exponential', 'squareplus'])
  const layer = fc.record({ units: fc.integer({ min: 1, max: 7 }), activation })
  const loss = names(
    'loss',
    Object.keys(lossCases).filter((type) => !/^(mean(Squared|Absolute)Error|huber|logCosh)$/.test(type)),
  )
  const cases = fc.record({
    encoder: fc.array(layer, { minLength: 1, maxLength: 3 }),
    decoder: fc.array(layer, { maxLength: 2 }),
    inputs: fc.integer({ min: 1, max: 6 }),
    batch: fc.integer({ min: 1, max: 5 }),
    rate: fc.constantFrom(0, 0.5),
    loss,
    optimizer: names('optimizer'),
  })
  await fc.assert(
    fc.asyncProperty(cases, async ({ encoder, decoder, inputs, batch, rate, ...rest }) => {
      const dense = (options: object) => ({ type: 'dense', ...options })
      await compare({
        fields: { input: [inputs] },
        batch,
        steps: 3,
        learningRate: 0.01,
        optimizer: rest.optimizer,
        model: {
          encoder: [{ type: 'dropout', rate }, ...encoder.map(dense)],
          decoder: [...decoder.map(dense), dense({ units: inputs, activation: 'sigmoid' })],
          loss: rest.loss,
        } as unknown as ParityCase['model'],
      })
    }),
    { numRuns: 25, seed: 3 },
  )
})

describe('second order: a penalty on the gradient of the reconstruction in the input', () => {
  const smooth = ['celu', 'elu', 'gelu', 'mish', 'selu', 'sigmoid', 'silu', 'softmax', 'softplus', 'tanh']

  function withPenalty(one: ParityCase): Program {
    const program = programOf(one)
    const { model } = program
    const change = (objective: Objective): Objective => ({
      ...objective,
      loss: (weights, batch, context) => {
        const plain = objective.loss(weights, batch, context)
        const energy = (input: tf.Tensor) =>
          tf.sum(
            tf.square(model.functions.reconstruct!.apply(weights, { input }, context).output!),
          ) as tf.Scalar
        const penalty = tf.mean(tf.square(tf.grad(energy)(batch.input!))) as tf.Scalar
        return {
          ...plain,
          total: tf.add(plain.total, penalty) as tf.Scalar,
          parts: { ...plain.parts, penalty },
        }
      },
    })
    return { ...program, model: { ...model, objectives: model.objectives.map(change) } as Model }
  }

  test.each(smooth)('%s', async (activation) => {
    const one = denseCase({
      model: { encoder: [{ type: 'dense', units: 3, activation }] as never },
      learningRate: 0.1,
      steps: 4,
    })
    const program = withPenalty(one)
    await compare(one, program)

    // One step of plain gradient descent is the gradient itself.
    const session = await compiled.open(program)
    const request = { objective: 'reconstruction', batch: batchAt(one, 0) }
    const { weights } = await session.state()
    await session.step({ ...request, step: 0, learningRate: 1 })
    const after = (await session.state()).weights
    const lossAt = async (name: string, index: number, change: number) => {
      const { shape, data } = weights[name]!
      const moved = Float32Array.from(data)
      moved[index]! += change
      await session.restore({ weights: { ...weights, [name]: { shape, data: moved } } })
      return (await session.evaluate({ ...request, index: 0 })).loss!
    }
    for (const [name, index] of [
      ['encoder/0/kernel', 4],
      ['decoder/0/kernel', 5],
      ['encoder/0/bias', 1],
    ] as const) {
      const gradient = weights[name]!.data[index]! - after[name]!.data[index]!
      const numeric = ((await lossAt(name, index, 0.01)) - (await lossAt(name, index, -0.01))) / 0.02
      expect(Math.abs(gradient - numeric), `${name}[${index}]: ${gradient} and ${numeric}`).toBeLessThan(
        2e-4 + 0.01 * Math.abs(numeric),
      )
    }
    session.dispose()
  })
})

describe('checkpoints are interchangeable', () => {
  const one = {
    ...denseCase({ optimizer: { type: 'adam', emaMomentum: 0.9 }, learningRate: 0.01 }),
    model: {
      encoder: [
        { type: 'dropout', rate: 0.2 },
        { type: 'dense', units: 6, activation: 'selu' },
        { type: 'batchNormalization', momentum: 0.9 },
      ],
      decoder: [{ type: 'dense', units: 4, activation: 'sigmoid' }],
      loss: 'binaryCrossentropy',
    } as unknown as ParityCase['model'],
  }

  test.each([
    ['eager to compiled', eager, compiled],
    ['compiled to eager', compiled, eager],
  ])('%s', async (_, from, to) => {
    const program = programOf(one)
    const [whole, first, second] = [
      await from.open(program),
      await from.open(program),
      await to.open(programOf(one, 99)),
    ]
    const reference = await train(whole, one, 0, 20)
    await train(first, one, 0, 10)
    const state = await first.state()
    const seeded = await to.open(program)
    for (const session of [second, seeded]) await session.restore(state)
    const rest = await train(seeded, one, 10, 20)
    expectParity(rest, { ...reference, losses: reference.losses.slice(10) })
    const [end, wanted] = [await seeded.state(), await whole.state()]
    expect(end.iterations).toEqual(wanted.iterations)
    const slots = (s: typeof end) => ({ losses: [], weights: s.slots.reconstruction! })
    expectParity(slots(end), slots(wanted))
    // The seed, which is not part of the state, decides what dropout drops.
    const other = await train(second, one, 10, 20)
    expect(differencesOf(other, { ...reference, losses: reference.losses.slice(10) }).loss).toBeGreaterThan(
      1e-3,
    )
    for (const session of [whole, first, second, seeded]) session.dispose()
  })
})
