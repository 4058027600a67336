import {
  autoencoder,
  createDataset,
  dense,
  dropout,
  type HostRecord,
  initialWeights,
  type Session,
  simpleRnn,
  timeDistributed,
} from '@sandglass/core'
import { expectError, expectNoLeak, film } from '@sandglass/testing'
import { describe, expect, test } from 'vitest'
import { fit } from '../fit/fit'
import { adam, sgd } from '../index'
import { changed, cpu, registry, uniformData } from '../testing/fixture'
import { fitGreedy } from './fit-greedy'
import type { GreedyEvent, GreedyOptions } from './options'

const spec = autoencoder({
  encoder: [
    dense({ units: 4, activation: 'selu' }),
    dropout({ rate: 0.3 }),
    dense({ units: 2, activation: 'tanh' }),
  ],
  decoder: [dense({ units: 4, activation: 'selu' }), dense({ units: 6, activation: 'sigmoid' })],
  loss: 'binaryCrossentropy',
})
const data = { train: uniformData(10), validation: uniformData(5, 2) }
const base: GreedyOptions = {
  registry,
  backend: cpu,
  optimizer: adam({ learningRate: 0.05 }),
  epochs: 3,
  batchSize: 4,
  seed: 3,
}
const fineTune = { optimizer: sgd({ learningRate: 0.1 }), epochs: 2 }

async function trained(options: Partial<GreedyOptions> = {}, model = spec) {
  const result = await fitGreedy(model, data, { ...base, ...options })
  const weights = await result.model.weights()
  result.model.dispose()
  return { ...result, weights }
}

const histories = ({ stages }: { stages: readonly { history: unknown }[] }) =>
  stages.map(({ history }) => history)

test('stages are trained from the outermost in, then the whole', async () => {
  const result = await trained({ fineTune, metrics: ['roundedAccuracy'] })
  expect(result.stages.map(({ stage, layers, stopped }) => ({ stage, layers, stopped }))).toEqual([
    { stage: 1, layers: ['encoder/0', 'decoder/1'], stopped: 'completed' },
    { stage: 2, layers: ['encoder/1', 'encoder/2', 'decoder/0'], stopped: 'completed' },
  ])
  for (const { history } of result.stages) {
    expect(history).toHaveLength(3)
    expect(history[2]!.loss!).toBeLessThan(history[0]!.loss!)
    expect(Object.keys(history[0]!)).toEqual(expect.arrayContaining(['val_loss', 'val_roundedAccuracy']))
  }
  expect(result.fineTuned!.history).toHaveLength(2)
  expect(result.stopped).toBe('completed')
})

test('a stage is a fit on the codings of the stages before it', async () => {
  const { stages, weights } = await trained()
  const whole = registry.build('model', spec, { registry, fields: { input: [6] } })
  const initial = initialWeights(whole, 3)
  const options = { ...base, optimizer: adam({ learningRate: 0.05 }), epochs: 3 }
  const first = await fit(
    autoencoder({ encoder: [spec.encoder[0]!], decoder: [spec.decoder[1]!], loss: 'binaryCrossentropy' }),
    data,
    {
      ...options,
      seed: stages[0]!.seed,
      initialWeights: renamed(initial, { 'encoder/0': 'encoder/0', 'decoder/1': 'decoder/0' }),
    },
  )
  expect(first.history).toEqual(stages[0]!.history)
  const encoded = async (part: typeof data.train) =>
    createDataset('codings', { input: { shape: [4], data: (await first.model.encode(part)).data } })
  const second = await fit(
    autoencoder({ encoder: spec.encoder.slice(1), decoder: [spec.decoder[0]!] }),
    { train: await encoded(data.train), validation: await encoded(data.validation) },
    {
      ...options,
      seed: stages[1]!.seed,
      initialWeights: renamed(initial, { 'encoder/2': 'encoder/1', 'decoder/0': 'decoder/0' }),
    },
  )
  expect(second.history).toEqual(stages[1]!.history)
  expect(weights).toEqual({
    ...renamed(await first.model.weights(), { 'encoder/0': 'encoder/0', 'decoder/0': 'decoder/1' }),
    ...renamed(await second.model.weights(), { 'encoder/1': 'encoder/2', 'decoder/0': 'decoder/0' }),
  })
  first.model.dispose()
  second.model.dispose()
})

function renamed(weights: HostRecord, layers: Record<string, string>): HostRecord {
  return Object.fromEntries(
    Object.entries(weights).flatMap(([name, value]) => {
      const layer = Object.keys(layers).find((path) => name.startsWith(`${path}/`))
      return layer ? [[layers[layer]! + name.slice(layer.length), value]] : []
    }),
  )
}

describe('phases over one model', () => {
  test('do what separate stages do, to the last bit, codings kept or not', async () => {
    const separate = await trained({ fineTune })
    for (const cache of [true, false]) {
      const phases = await trained({ fineTune, procedure: 'phases', cache })
      expect(histories(phases)).toEqual(histories(separate))
      expect(phases.fineTuned!.history).toEqual(separate.fineTuned!.history)
      expect(phases.weights).toEqual(separate.weights)
    }
  })

  test('change only the weights of their stage', async () => {
    const seen: HostRecord[] = []
    const watching = {
      name: 'watching',
      onEnd: async (_: unknown, run: { weights(): Promise<HostRecord> }) =>
        void seen.push(await run.weights()),
    }
    const { weights } = await trained({ procedure: 'phases', cache: false, callbacks: [watching] })
    const whole = registry.build('model', spec, { registry, fields: { input: [6] } })
    const before = [initialWeights(whole, 3), seen[0]!]
    const changedIn = (k: number) =>
      Object.keys(weights).filter((name) => !same(before[k]![name]!.data, seen[k]![name]!.data))
    expect(changedIn(0)).toEqual(['encoder/0/kernel', 'encoder/0/bias', 'decoder/1/kernel', 'decoder/1/bias'])
    expect(changedIn(1)).toEqual(['encoder/2/kernel', 'encoder/2/bias', 'decoder/0/kernel', 'decoder/0/bias'])
    expect(seen[1]).toEqual(weights)
  })
})

const same = (a: ArrayLike<number>, b: ArrayLike<number>) => Array.from(a).every((x, i) => x === b[i])

test('tied layers share their weights within a stage, by path and by name', async () => {
  const tied = autoencoder({
    encoder: [dense({ units: 4, name: 'outer' }), dense({ units: 2 })],
    decoder: [dense({ units: 4, tiedTo: 'encoder/1' }), dense({ units: 6, tiedTo: 'outer' })],
  })
  const separate = await trained({}, tied as never)
  expect(Object.keys(separate.weights)).toHaveLength(6)
  const phases = await trained({ procedure: 'phases' }, tied as never)
  expect(phases.weights).toEqual(separate.weights)
})

test('a mask of steps goes along with codings that are sequences', async () => {
  const sequences = autoencoder({
    encoder: [simpleRnn({ units: 4, returnSequences: true }), simpleRnn({ units: 3, returnSequences: true })],
    decoder: [
      simpleRnn({ units: 4, returnSequences: true }),
      timeDistributed({ layer: dense({ units: 2 }) }),
    ],
  })
  const run = async (padding: number, procedure: 'separate' | 'phases', cache = true) => {
    const input = Float32Array.from({ length: 10 * 3 * 2 }, (_, i) => Math.sin(i))
    const mask = Float32Array.from({ length: 10 * 3 }, (_, i) => (i % 3 === 2 && i % 2 ? 0 : 1))
    for (const [i, counts] of mask.entries()) if (!counts) input.fill(padding, 2 * i, 2 * i + 2)
    const train = createDataset('train', {
      input: { shape: [3, 2], data: input },
      mask: { shape: [3], data: mask },
    })
    const result = await fitGreedy(sequences, train, { ...base, procedure, cache, fineTune })
    const weights = await result.model.weights()
    result.model.dispose()
    return { stages: histories(result), weights }
  }
  const separate = await run(0.5, 'separate')
  expect(await run(7, 'separate')).toEqual(separate)
  expect(await run(7, 'phases')).toEqual(separate)
  expect(await run(7, 'phases', false)).toEqual(separate)
})

test('side inputs go along to the stages whose layers read them', async () => {
  const conditional = autoencoder({
    encoder: [dense({ units: 4, activation: 'tanh' }), film(), dense({ units: 2 })],
    decoder: [dense({ units: 4, activation: 'tanh' }), film(), dense({ units: 6 })],
  })
  const input = { shape: [6], data: Float32Array.from({ length: 60 }, (_, i) => Math.sin(i * i)) }
  const run = async (scale: number, procedure: 'separate' | 'phases', cache = true) => {
    const condition = Float32Array.from({ length: 20 }, (_, i) => scale * Math.cos(i))
    const train = createDataset('train', { input, condition: { shape: [2], data: condition } })
    const result = await fitGreedy(conditional, train, { ...base, procedure, cache, fineTune })
    const weights = await result.model.weights()
    result.model.dispose()
    return { layers: result.stages.map(({ layers }) => layers), stages: histories(result), weights }
  }
  const separate = await run(1, 'separate')
  expect(separate.layers).toEqual([
    ['encoder/0', 'encoder/1', 'decoder/2'],
    ['encoder/2', 'decoder/0', 'decoder/1'],
  ])
  expect(await run(1, 'phases')).toEqual(separate)
  expect(await run(1, 'phases', false)).toEqual(separate)
  expect((await run(2, 'separate')).stages[1]).not.toEqual(separate.stages[1])
})

test('the same seed gives the same run, another one another', async () => {
  const [a, b, c] = [await trained(), await trained(), await trained({ seed: 4 })]
  expect(b.weights).toEqual(a.weights)
  expect(histories(b)).toEqual(histories(a))
  expect(histories(c)).not.toEqual(histories(a))
  expect(new Set(a.stages.map(({ seed }) => seed)).size).toBe(2)
})

test('stages have options of their own before the common ones', async () => {
  const { stages } = await trained({
    epochs: 1,
    stages: [
      { epochs: 2, optimizer: sgd({ learningRate: 0.25 }), loss: 'meanAbsoluteError' },
      { batchSize: 5 },
    ],
  })
  expect(stages.map(({ history }) => history.length)).toEqual([2, 1])
  expect(stages.map(({ history }) => history[0]!.learningRate)).toEqual([0.25, expect.closeTo(0.05)])
  expect(stages[0]!.history[0]!.loss).not.toBe((await trained({ epochs: 1 })).stages[0]!.history[0]!.loss)
})

test('events say which stage they are of', async () => {
  const run = fitGreedy(spec, data, { ...base, epochs: 1, fineTune })
  const events: GreedyEvent[] = []
  for await (const event of run) events.push(event)
  expect(events.filter(({ type }) => type !== 'step').map(({ type, stage }) => `${stage} ${type}`)).toEqual([
    '1 start',
    '1 epoch',
    '1 end',
    '2 start',
    '2 epoch',
    '2 end',
    'fineTune start',
    'fineTune epoch',
    'fineTune epoch',
    'fineTune end',
  ])
  const { model } = await run
  model.dispose()
})

test.each(['separate', 'phases'] as const)(
  'an abort ends the run with what there is: %s',
  async (procedure) => {
    for (const at of [1, 8, 20]) {
      const control = new AbortController()
      let steps = 0
      const callbacks = [{ name: 'stopping', onStep: () => void (++steps === at && control.abort()) }]
      const result = await expectNoLeak(async () => {
        const { signal } = control
        const { model, ...rest } = await fitGreedy(spec, data, {
          ...base,
          procedure,
          fineTune,
          callbacks,
          signal,
        })
        expect(Object.keys(await model.weights())).toHaveLength(8)
        model.dispose()
        return rest
      })
      expect(result.stopped).toBe('aborted')
      expect(steps).toBe(at)
      expect(result.stages.map(({ stopped }) => stopped)).toEqual(
        at === 1 ? ['aborted'] : at === 8 ? ['aborted'] : ['completed', 'completed'],
      )
    }
  },
)

describe('what goes wrong', () => {
  test.each(['separate', 'phases'] as const)(
    'names the stage and leaves no session behind: %s',
    async (procedure) => {
      for (const [broken, where] of [
        [2, 'stage 1'],
        [11, 'stage 2'],
        [20, 'the fine-tuning'],
      ] as const) {
        let steps = 0
        const failing = changed(
          (session): Session => ({
            ...session,
            step: async (request) => ({
              ...(await session.step(request)),
              ...(++steps === broken && { loss: Number.NaN }),
            }),
          }),
        )
        const run = () => fitGreedy(spec, data, { ...base, backend: failing, procedure, fineTune })
        await expectError(() => expectNoLeak(async () => run()), {
          code: 'numeric',
          message: new RegExp(`^${where}: `),
        })
      }
    },
  )

  test('leaves no session behind when the encoding fails', async () => {
    const failing = changed((session) => ({ ...session, run: () => Promise.reject(new Error('no power')) }))
    const run = async () => fitGreedy(spec, data, { ...base, backend: failing })
    await expect(expectNoLeak(run)).rejects.toThrow('no power')
  })

  test.each<[string, object, Partial<GreedyOptions>, 'spec' | 'data', RegExp]>([
    ['another model', { type: 'gan' }, {}, 'spec', /^fitGreedy trains autoencoders\. Got gan/],
    [
      'a procedure of no name',
      spec,
      { procedure: 'all' as never },
      'spec',
      /procedure is unknown\. Got all; expected separate or phases/,
    ],
    [
      'no optimizer',
      spec,
      { optimizer: undefined },
      'spec',
      /^stage 1 of fitGreedy has no optimizer\. Give fitGreedy optimizer/,
    ],
    [
      'no epochs',
      spec,
      { epochs: undefined, stages: [{ epochs: 1 }, {}] },
      'spec',
      /^stage 2 of fitGreedy has no epochs/,
    ],
    [
      'nothing to fine-tune with',
      spec,
      { optimizer: undefined, stages: [{ optimizer: 'sgd' }, { optimizer: 'sgd' }], fineTune: {} },
      'spec',
      /^the fine-tuning of fitGreedy has no optimizer/,
    ],
    [
      'a stage that is frozen',
      autoencoder({
        encoder: [dense({ units: 2, trainable: false })],
        decoder: [dense({ units: 6, trainable: false })],
      }),
      {},
      'spec',
      /^stage 1 has no weights to train\. Got dense, dense/,
    ],
    [
      'a batch too large',
      spec,
      { stages: [{}, { batchSize: 11 }] },
      'data',
      /^stage 2: the batch size is larger/,
    ],
    [
      'a weight of no layer',
      spec,
      { initialWeights: { 'encoder/9/kernel': { shape: [1], data: new Float32Array(1) } } },
      'spec',
      /the model has no weight "encoder\/9\/kernel"/,
    ],
  ])('%s', async (_, model, options, code, message) => {
    await expectError(() => Promise.resolve(fitGreedy(model as typeof spec, data, { ...base, ...options })), {
      code,
      message,
    })
  })
})
