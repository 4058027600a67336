import { createDataset, type HostTensor, type Model, type Objective, streamOf } from '@sandglass/core'
import { expectError, expectNoLeak } from '@sandglass/testing'
import { add, mean, mul, type Scalar, square, sub } from '@tensorflow/tfjs-core'
import { expect, test } from 'vitest'
import type { Callback, Run } from '../callbacks/callback'
import { decodeCheckpoint, encodeCheckpoint } from '../checkpoint/checkpoint'
import { changed, cpu, noisyModel, registry, uniformData } from '../testing/fixture'
import { fit } from './fit'
import type { FitOptions } from './options'
import { createSetFields } from './set-fields'

const train = uniformData(42, 1)
const validation = uniformData(11, 2)

/** The autoencoder, whose objective also reads `weight`, a number a sample. */
function weighted(need: 'required' | 'optional' = 'required'): Model {
  const model = registry.build('model', noisyModel, { registry, fields: { input: [6] } })
  const [inner] = model.objectives as [Objective]
  const objective: Objective = {
    ...inner,
    fields: { ...inner.fields, weight: need },
    loss: (weights, batch, context) => {
      const result = inner.loss(weights, batch, context)
      if (!batch.weight) return result
      const pull = mul(0.1, mean(square(sub(batch.weight, 1)))) as Scalar
      return { ...result, total: add(result.total, pull) as Scalar, parts: { ...result.parts, pull } }
    },
  }
  return { ...model, fields: { ...model.fields, weight: [] }, objectives: [objective] }
}

const constant = (size: number, value: number): HostTensor => ({
  shape: [size],
  data: new Float32Array(size).fill(value),
})

const base: FitOptions = { registry, backend: cpu, optimizer: 'adam', epochs: 3, batchSize: 9, seed: 5 }

/** Sets the weight at the start and after every third step, to a number that tells which. */
const weigher = (log: number[] = []): Callback => ({
  name: 'weigher',
  sets: ['weight'],
  onStart: ({ resumedAt }, run) => {
    if (resumedAt === undefined) set(run, 0)
  },
  onStep: ({ step, scalars }, run) => {
    log.push(scalars.pull!)
    if (step % 3 === 0) set(run, step)
  },
})

function set(run: Run, step: number): void {
  run.setField('weight', constant(42, 1 + step))
  if (run.validation) run.setField('weight', constant(11, 1 + step), 'validation')
}

test('what is set counts from the next update on, on every batch, also of the validation', async () => {
  const log: number[] = []
  const { history, model } = await fit(
    weighted(),
    { train, validation },
    { ...base, callbacks: [weigher(log)] },
  )
  model.dispose()
  const expected = Array.from({ length: 15 }, (_, i) => Math.fround(0.1 * (3 * Math.floor(i / 3)) ** 2))
  for (const [i, pull] of log.entries()) expect(pull, `step ${i + 1}`).toBeCloseTo(expected[i]!, 4)
  expect(history.map(({ val_pull }) => val_pull)).toEqual([0.9, 8.1, 22.5].map((x) => expect.closeTo(x, 3)))
})

test('also when a session has begun to prepare the next batch', async () => {
  const batches: unknown[] = []
  const spying = changed((session) => ({
    ...session,
    step: async (request) => {
      batches.push([request.batch, request.next?.batch])
      return session.step(request)
    },
  }))
  const { model } = await fit(weighted(), train, { ...base, backend: spying, callbacks: [weigher()] })
  model.dispose()
  const announced = batches.map(
    (pair, i) => (batches[i + 1] as unknown[] | undefined)?.[0] === (pair as unknown[])[1],
  )
  // After every third step the batch is another one; the last one of an epoch announces none.
  expect(announced.slice(0, 14)).toEqual(
    [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14].map((s) => s % 3 !== 0 && s % 5 !== 0),
  )
})

test('stopped after every step and resumed equals uninterrupted, to the last bit', async () => {
  const options = { ...base, callbacks: [weigher()] }
  const outcome = async (changes: Partial<FitOptions>) => {
    const { history, model, checkpoint } = await fit(
      weighted(),
      { train, validation },
      { ...options, ...changes },
    )
    const weights = await model.weights()
    model.dispose()
    return { history, weights, checkpoint }
  }
  const whole = await expectNoLeak(() => outcome({}))
  expect(whole.checkpoint.fields!.train!.weight).toEqual(constant(42, 16))
  for (let k = 1; k < 15; k++) {
    const stop = new AbortController()
    const stopper: Callback = {
      name: 'stopper',
      onStep: ({ step }) => {
        if (step === k) stop.abort()
      },
    }
    const { checkpoint } = await outcome({ callbacks: [weigher(), stopper], signal: stop.signal })
    const resumeFrom = decodeCheckpoint(encodeCheckpoint(checkpoint))
    expect(await outcome({ resumeFrom }), `after step ${k}`).toEqual(whole)
  }
})

test('callbacks see the data with what was set', async () => {
  const seen: string[][] = []
  const watcher: Callback = {
    name: 'watcher',
    onStart: (_, run) => void seen.push(Object.keys(run.train.fields)),
    onEnd: (_, run) => void seen.push(Object.keys(run.train.fields)),
  }
  const { model } = await fit(weighted(), train, { ...base, callbacks: [watcher, weigher()] })
  model.dispose()
  expect(seen).toEqual([['input'], ['input', 'weight']])
})

test.each<[string, Callback[], object, 'data' | 'shape', RegExp]>([
  [
    'a field that nobody sets',
    [],
    {},
    'data',
    /^the data "test" lacks the field "weight"\. Got input; expected the fields/,
  ],
  [
    'a field that is not set in time',
    [{ ...weigher(), onStart: undefined }],
    {},
    'data',
    /^the data "test" lacks the field "weight"/,
  ],
  [
    'a field of validation data that there are not',
    [
      {
        name: 'x',
        sets: ['weight'],
        onStart: (_, run) => run.setField('weight', constant(1, 1), 'validation'),
      },
    ],
    {},
    'data',
    /^the field "weight" cannot be set: there is no validation data\.$/,
  ],
  [
    'too few values',
    [{ name: 'x', sets: ['weight'], onStart: (_, run) => run.setField('weight', constant(41, 1)) }],
    {},
    'shape',
    /^the field "weight" cannot be set: it does not fit the data "test"\. Got 41 numbers of shape \[41\]; expected .*: \[42\]\.$/,
  ],
  [
    'values that are not finite',
    [{ name: 'x', sets: ['weight'], onStart: (_, run) => run.setField('weight', constant(42, Number.NaN)) }],
    {},
    'data',
    /field "weight" is not finite\. Got NaN at row 0/,
  ],
])('refuses %s', async (_, callbacks, changes, code, message) => {
  await expectError(() => fit(weighted(), train, { ...base, callbacks, ...changes }), { code, message })
})

test('refuses to set fields of streams', () => {
  const fields = createSetFields(streamOf(train), weighted())
  expectError(() => fields.set('weight', constant(42, 1)), {
    code: 'data',
    message: /^the field "weight" cannot be set: the data "test" is a stream\. .* await load\(stream\)\.$/,
  })
})

test('a field of the data itself is replaced', () => {
  const data = createDataset('d', { input: { shape: [], data: Float32Array.of(1, 2) } })
  const fields = createSetFields(data, { ...weighted(), fields: {} })
  const taken = { batch: data.batch([1]), rows: Int32Array.of(1) }
  const read = () => {
    const out = new Float32Array(1)
    fields.see(taken).fill('input', out)
    return out[0]
  }
  expect(fields.see(taken)).toBe(taken.batch)
  fields.set('input', { shape: [2], data: Float32Array.of(5, 7) })
  expect(read()).toBe(7)
  expect(fields.see(taken)).toBe(fields.see(taken))
})
