import { autoencoder, createDataset, dense, type HostRecord, type Scalars } from '@sandglass/core'
import { expectError } from '@sandglass/testing'
import * as tf from '@tensorflow/tfjs-core'
import { expect, test } from 'vitest'
import { sgd } from '../index'
import {
  changed,
  cpu,
  halvesModel,
  noisyModel,
  registry,
  uncheckedData,
  uniformData,
} from '../testing/fixture'
import type { FitEvent } from './events'
import { fit } from './fit'
import golden from './fit.golden.json'
import type { FitOptions } from './options'

const base: FitOptions = { registry, backend: cpu, optimizer: 'sgd', epochs: 2, batchSize: 4, seed: 3 }

function hostRecord(record: Record<string, { shape: number[]; data: number[] }>): HostRecord {
  return Object.fromEntries(
    Object.entries(record).map(([name, { shape, data }]) => [name, { shape, data: Float32Array.from(data) }]),
  )
}

test('history, evaluation and weights equal those of Keras: regularizers, tail batches, metrics', async () => {
  const squares = { type: 'test/squares', weight: 0.05 } as const
  const model = autoencoder({
    encoder: [dense({ units: 3, activation: 'selu', activityRegularizer: squares })],
    decoder: [dense({ units: 6, activation: 'sigmoid', kernelRegularizer: squares })],
    loss: 'binaryCrossentropy',
  })
  const train = createDataset('train', {
    input: { shape: [6], data: Float32Array.from(golden.train.flat()) },
  })
  const validation = createDataset('validation', {
    input: { shape: [6], data: Float32Array.from(golden.validation.flat()) },
  })
  const result = await fit(
    model,
    { train, validation },
    {
      ...base,
      optimizer: sgd({ learningRate: 0.5, momentum: 0.9 }),
      epochs: 3,
      shuffle: false,
      metrics: ['roundedAccuracy'],
      initialWeights: hostRecord(golden.initial),
    },
  )
  for (const [i, entry] of result.history.entries())
    for (const [name, value] of Object.entries(golden.history[i]!))
      expect(entry[name], `epoch ${i + 1}, ${name}`).toBeCloseTo(value, 5)
  expect(Object.keys(result.history[0]!)).toEqual([
    'epoch',
    'loss',
    'val_loss',
    'reconstruction',
    'val_reconstruction',
    'activityRegularization',
    'val_activityRegularization',
    'regularization',
    'val_regularization',
    'roundedAccuracy',
    'val_roundedAccuracy',
    'learningRate',
  ])
  const { loss } = await result.model.evaluate(validation, { batchSize: 4 })
  expect(loss).toBe(result.history[2]!.val_loss)
  for (const [name, { data }] of Object.entries(await result.model.weights()))
    for (const [i, value] of golden.final[name as keyof typeof golden.final].data.entries())
      expect(data[i], `${name}[${i}]`).toBeCloseTo(value, 5)
  result.model.dispose()
})

test('events arrive in order, for every reader, beside the result', async () => {
  const run = fit(noisyModel, uniformData(10), { ...base, validation: 0.2 })
  const read = async () => {
    const events: FitEvent[] = []
    for await (const event of run) events.push(event)
    return events
  }
  const [events, same, result] = await Promise.all([read(), read(), run])
  expect(same).toEqual(events)
  expect(events.map((e) => (e.type === 'step' ? `${e.epoch}.${e.batch}` : e.type))).toEqual([
    'start',
    '1.1',
    '1.2',
    'epoch',
    '2.1',
    '2.2',
    'epoch',
    'end',
  ])
  expect(events[0]).toMatchObject({ samples: 8, validationSamples: 2, batches: 2, backend: { id: 'cpu' } })
  expect(events.flatMap((e) => (e.type === 'epoch' ? [e.entry] : []))).toEqual(result.history)
  expect(result).toMatchObject({ stopped: 'completed', seed: 3, backend: { id: 'cpu', device: 'cpu' } })
  expect(result.stepsPerSecond).toBeGreaterThan(0)
  result.model.dispose()
})

test('a reader gets the error of the run, and leaving early does not stop it', async () => {
  const failing = fit(noisyModel, uniformData(3), base)
  await expectError(
    async () => {
      for await (const _ of failing);
    },
    { code: 'data', message: /batch size/ },
  )
  const run = fit(noisyModel, uniformData(10), base)
  for await (const event of run) if (event.type === 'step') break
  const { history, model } = await run
  expect(history).toHaveLength(2)
  model.dispose()
})

test('each epoch goes through every sample once, in an order of its own that follows from the seed', async () => {
  const seen: number[][] = []
  const data = uniformData(10)
  const spied = {
    ...data,
    batch: (indices: ArrayLike<number>) => {
      seen.push(Array.from(indices))
      return data.batch(indices)
    },
  }
  const orders = async (options: FitOptions) => {
    seen.length = 0
    const { model } = await fit(noisyModel, spied, options)
    model.dispose()
    const batches = seen.filter(({ length }) => length !== 3) // without the probe of the data
    expect(batches.map(({ length }) => length)).toEqual([4, 4, 2, 4, 4, 2])
    return [batches.slice(0, 3).flat(), batches.slice(3).flat()]
  }
  const [first, second] = await orders(base)
  const sorted = Array.from({ length: 10 }, (_, i) => i)
  expect([...first!].sort((a, b) => a - b)).toEqual(sorted)
  expect([...second!].sort((a, b) => a - b)).toEqual(sorted)
  expect(first).not.toEqual(second)
  expect(await orders(base)).toEqual([first, second])
  expect(await orders({ ...base, seed: 4 })).not.toEqual([first, second])
  expect(await orders({ ...base, shuffle: false })).toEqual([sorted, sorted])
})

test('several objectives take their turns, on their own optimizers, and are reported by name', async () => {
  const model = halvesModel({ critic: 'encoder', generator: 'decoder' })
  const seen: [string, number, number][] = []
  const backend = changed((session) => ({
    ...session,
    step: (request) => {
      seen.push([request.objective, request.step, request.learningRate])
      return session.step(request)
    },
  }))
  const options = {
    ...base,
    backend,
    optimizer: { critic: sgd({ learningRate: 0.1 }), generator: 'adam' },
    turns: [['critic'], ['critic', 'generator']],
    validation: 0.2,
  } as const
  const { history, checkpoint, model: trained } = await fit(model, uniformData(15), options)
  trained.dispose()
  expect(seen).toEqual([
    ['critic', 0, 0.1],
    ['critic', 1, 0.1],
    ['generator', 2, 0.001],
    ['critic', 3, 0.1],
    ['critic', 4, 0.1],
    ['generator', 5, 0.001],
    ['critic', 6, 0.1],
    ['critic', 7, 0.1],
    ['generator', 8, 0.001],
  ])
  expect(Object.keys(history[0]!)).toEqual([
    'epoch',
    'critic_loss',
    'val_critic_loss',
    'critic_reconstruction',
    'val_critic_reconstruction',
    'generator_loss',
    'val_generator_loss',
    'generator_reconstruction',
    'val_generator_reconstruction',
    'critic_learningRate',
    'generator_learningRate',
  ])
  expect(checkpoint.training.iterations).toEqual({ critic: 6, generator: 3 })

  // Stopped between the turns of one batch.
  const controller = new AbortController()
  const callbacks = [
    { name: 'stopper', onStep: ({ step }: { step: number }) => step === 5 && controller.abort() },
  ]
  const part = await fit(model, uniformData(15), {
    ...options,
    callbacks: callbacks as never,
    signal: controller.signal,
  })
  part.model.dispose()
  expect(part.checkpoint.position).toEqual({ epoch: 1, batch: 0, turn: 1, step: 5 })
  const rest = await fit(model, uniformData(15), { ...options, resumeFrom: part.checkpoint })
  rest.model.dispose()
  expect(rest.history).toEqual(history)
  expect(rest.checkpoint.training).toEqual(checkpoint.training)
})

test('nothing leaks: not while it trains, not when a run fails or is refused', async () => {
  const data = uniformData(10)
  const counts: number[] = []
  const counter = { name: 'counter', onStep: () => void counts.push(tf.memory().numTensors) }
  const run = async (options: Partial<FitOptions>) => {
    const { model } = await fit(noisyModel, data, { ...base, validation: 0.2, ...options })
    model.dispose()
  }
  await run({})
  const before = tf.memory().numTensors
  await run({ epochs: 300, callbacks: [counter] })
  expect(new Set(counts).size).toBe(1)
  expect(counts).toHaveLength(600)
  const failing = changed((session) => ({ ...session, step: () => Promise.reject(new Error('lost device')) }))
  await expectError(() => run({ backend: failing }), { message: /lost device/ })
  await expectError(() => run({ initialWeights: { x: { shape: [1], data: new Float32Array(1) } } }), {
    code: 'spec',
  })
  expect(tf.memory().numTensors).toBe(before)
})

test('timers have their turn while a backend keeps the thread busy', async () => {
  const busy = changed((session) => ({
    ...session,
    step: async (request) => {
      for (const end = performance.now() + 4; performance.now() < end; );
      return session.step(request)
    },
  }))
  let stopped = false
  const controller = new AbortController()
  setTimeout(() => controller.abort(), 10)
  const run = fit(noisyModel, uniformData(10), {
    ...base,
    backend: busy,
    epochs: 2000,
    signal: controller.signal,
  })
  const { stopped: reason, model } = await run
  stopped = reason === 'aborted'
  model.dispose()
  expect(stopped).toBe(true)
})

const bad: [string, Partial<FitOptions>, string, RegExp][] = [
  ['epochs of 0', { epochs: 0 }, 'spec', /^epochs is not usable\. Got 0; expected a whole number from 1 up/],
  ['epochs of 1.5', { epochs: 1.5 }, 'spec', /^epochs is not usable\. Got 1\.5/],
  ['no epochs', { epochs: undefined as never }, 'spec', /^epochs is not usable\. Got undefined/],
  ['a batch size of NaN', { batchSize: Number.NaN }, 'spec', /^batchSize is not usable\. Got NaN/],
  [
    'batches larger than the data',
    { batchSize: 11 },
    'data',
    /^the batch size is larger than the training data "test"\. Got batches of 11 from 10 samples; expected a batchSize of at most 10/,
  ],
  [
    'a share of 1',
    { validation: 1 },
    'data',
    /^the share of validation data is not usable\. Got 1 of 10 samples/,
  ],
  ['a share of NaN', { validation: Number.NaN }, 'data', /^the share of validation data/],
  [
    'empty validation data',
    { validation: uncheckedData({ input: { shape: [6], data: new Float32Array(0) } }, 'none') },
    'data',
    /^the validation data "none" is empty\. Got 0 samples/,
  ],
  [
    'an unknown metric',
    { metrics: ['roundedAccurcy' as never] },
    'spec',
    /unknown metric type "roundedAccurcy".*Did you mean "roundedAccuracy"/,
  ],
  [
    'an unknown optimizer',
    { optimizer: 'addam' as never },
    'spec',
    /unknown optimizer type "addam".*Did you mean "adam"/,
  ],
  [
    'an optimizer for another objective',
    { optimizer: { critic: 'adam' } },
    'spec',
    /^the optimizers do not match the objectives of the model\. Got one for "critic"; expected .* reconstruction/,
  ],
  [
    'an unknown callback',
    { callbacks: ['earlyStoping' as never] },
    'spec',
    /unknown callback type "earlyStoping".*Did you mean "earlyStopping"/,
  ],
  [
    'an unknown turn',
    { turns: [['critic']] },
    'spec',
    /^the turns of the objectives are malformed\. Got the name "critic"; expected lists of reconstruction/,
  ],
  [
    'a weight that is not there',
    { initialWeights: { 'encoder/9/kernel': { shape: [1], data: new Float32Array(1) } } },
    'spec',
    /^initialWeights: the model has no weight "encoder\/9\/kernel"/,
  ],
  [
    'a weight of another shape',
    { initialWeights: { 'encoder/0/bias': { shape: [4], data: new Float32Array(4) } } },
    'shape',
    /^initialWeights: the weight "encoder\/0\/bias" does not fit\. Got 4 numbers of shape \[4\]; expected 3 of \[3\]/,
  ],
]

test.each(bad)('refuses %s', async (_, changes, code, message) => {
  await expectError(() => fit(noisyModel, uniformData(10), { ...base, ...changes }), { code, message })
})

test('refuses data that is empty, lacks a field, has another shape or is not finite', async () => {
  const field = (shape: number[], data: Float32Array) => uncheckedData({ input: { shape, data } })
  await expectError(() => fit(noisyModel, field([6], new Float32Array(0)), base), {
    code: 'data',
    message: /^the training data "mine" is empty\. Got 0 samples; expected at least one\.$/,
  })
  const model = registry.build('model', noisyModel, { registry, fields: { input: [6] } })
  await expectError(() => fit(model, field([5], new Float32Array(50)), base), {
    code: 'shape',
    message: /^the field "input" of the data "mine" does not fit the model\. Got \[5\]; expected \[6\]\.$/,
  })
  const label = uncheckedData({ label: { shape: [], data: new Uint8Array(10) } })
  await expectError(() => fit(model, label, base), {
    code: 'data',
    message: /^the data "mine" lacks the field "input"\. Got label/,
  })
  const values = Float32Array.from({ length: 60 }, () => 0.5)
  values[6 * 7 + 2] = Number.NaN
  const before = tf.memory().numTensors
  await expectError(() => fit(noisyModel, field([6], values), base), {
    code: 'data',
    message: /^the data "mine" is not finite\. Got NaN in sample 7 of the field "input" \(element 2\)/,
  })
  expect(tf.memory().numTensors).toBe(before)
})

test('refuses the checkpoint of another run and says what differs', async () => {
  const { checkpoint, model } = await fit(noisyModel, uniformData(10), { ...base, epochs: 1 })
  model.dispose()
  const resumed = (changes: Partial<FitOptions>, data = uniformData(10)) =>
    fit(noisyModel, data, { ...base, ...changes, resumeFrom: checkpoint })
  const cases: [() => unknown, RegExp][] = [
    [
      () => resumed({ batchSize: 5 }),
      /another run, which differs in batchSize\. Got batchSize 5.*; expected batchSize 4/,
    ],
    [() => resumed({ seed: 4 }), /another run, which differs in seed\./],
    [() => resumed({ optimizer: 'adam' }), /another run, which differs in optimizer\./],
    [() => resumed({ shuffle: false }), /another run, which differs in shuffle\./],
    [() => resumed({ validation: 0.1 }), /another run, which differs in data, validation\./],
    [() => resumed({}, uniformData(10, 2)), /another run, which differs in data\./],
    [() => resumed({}, uniformData(11)), /another run, which differs in data\./],
  ]
  for (const [run, message] of cases) await expectError(run, { code: 'spec', message })
  const broken = { ...checkpoint, position: { ...checkpoint.position, batch: 9 } }
  await expectError(() => fit(noisyModel, uniformData(10), { ...base, resumeFrom: broken }), {
    code: 'file',
    message: /^the checkpoint contradicts itself/,
  })
})

test('the loss of a batch is that before its update', async () => {
  const losses: Scalars[] = []
  const callbacks = [
    { name: 'losses', onStep: ({ scalars }: { scalars: Scalars }) => void losses.push(scalars) },
  ]
  const data = uniformData(10)
  const plain = autoencoder({ encoder: [dense({ units: 3 })], decoder: [dense({ units: 6 })] })
  const { model } = await fit(plain, data, {
    ...base,
    callbacks,
    batchSize: 10,
    shuffle: false,
    optimizer: sgd({ learningRate: 0.1 }),
  })
  const after = await model.evaluate(data)
  model.dispose()
  expect(losses[1]!.loss).toBeLessThan(losses[0]!.loss!)
  expect(after.loss).toBeLessThan(losses[1]!.loss!)
})
