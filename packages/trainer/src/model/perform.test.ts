import {
  type Attachment,
  decodeModel,
  defineProcedure,
  type Model,
  type ModelFunction,
  positiveInt,
  readField,
  type TrainedModel,
} from '@sandglass/core'
import { expectError } from '@sandglass/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { fit } from '../fit/fit'
import { cpu, noisyModel, registry, uniformData } from '../testing/fixture'
import { openModel } from './trained-model'

const data = uniformData(7)

/** Normal numbers `[size, 3]`, without inputs. */
const sample: ModelFunction = {
  inputs: {},
  outputs: { code: [3] },
  apply: (_, __, { random }, size = 1) => ({ code: random.normal('code', [size, 3]) }),
}

/** The mean of the codes of the data, in rounds that it tells of. */
const meanCode = defineProcedure({
  description: 'the mean of all codes',
  options: z.strictObject({ rounds: positiveInt.default(2), fail: z.boolean().default(false) }),
  data: 'required',
  run: async ({ run, data: given, progress, weights, streams }, { rounds, fail }) => {
    const mean = new Float32Array(3)
    for (let round = 1; round <= rounds; round++) {
      const { code } = await run('encode', given!)
      mean.forEach((_, i) => {
        mean[i] = [0, 1, 2, 3, 4, 5, 6].reduce((sum, row) => sum + code!.data[row * 3 + i]!, 0) / given!.size
      })
      progress(round, rounds, { first: mean[0]! })
    }
    if (fail) throw new Error('on purpose')
    const { 'encoder/0/bias': bias } = await weights()
    const fitted: Attachment = {
      kind: 'vector',
      spec: { type: 'mean' },
      tensors: { mean: { shape: [3], data: mean } },
    }
    return {
      figures: { drawn: streams.at('x').uniform(new Float32Array(1))[0]! },
      outputs: await run('sample', {}, { size: 2 }),
      weights: {
        'encoder/0/bias': { shape: bias!.shape, data: bias!.data.map((x) => x + 1) as Float32Array },
      },
      attachments: { mean: fitted },
    }
  },
})

let model: Model
let trained: TrainedModel

beforeAll(async () => {
  const options = { registry, backend: cpu, optimizer: 'adam', epochs: 1, batchSize: 4 } as const
  const built = registry.build('model', noisyModel, { registry, fields: { input: [6] } })
  model = { ...built, functions: { ...built.functions, sample }, procedures: { meanCode } }
  trained = (await fit(model, data, { ...options, extras: { from: 'here' } })).model
})

afterAll(() => trained.dispose())

describe('functions that draw', () => {
  test('are fresh at every call, and the same for a seed and draw, whatever the batch size', async () => {
    const make = async (options: object) => (await trained.run('sample', {}, { size: 5, ...options })).code!
    const [a, b] = [await make({}), await make({})]
    expect(a.shape).toEqual([5, 3])
    expect(new Set([...a.data, ...b.data]).size).toBe(30)
    const fixed = await make({ seed: 3, draw: 1 })
    for (const batchSize of [1, 2, 4, 256]) expect(await make({ seed: 3, draw: 1, batchSize })).toEqual(fixed)
    expect(await make({ seed: 3 })).toEqual(await make({ seed: 3, draw: 0 }))
    expect(await make({ seed: 4, draw: 1 })).not.toEqual(fixed)
    expect(await make({ seed: 3, draw: 2 })).not.toEqual(fixed)
  })

  test('refuse sizes that make no sense', async () => {
    await expectError(() => trained.run('sample', {}, { size: 0 }), {
      code: 'spec',
      message: /^size is not usable\. Got 0; expected a whole number from 1 up/,
    })
    await expectError(() => trained.run('encode', data, { size: 7 }), {
      code: 'spec',
      message: /^"encode" makes as many samples as it is given\. Got size 7 and inputs of 7 samples/,
    })
    await expectError(() => trained.apply('sample', readField(data, 'input')), {
      code: 'spec',
      message: /^"sample" has no inputs\. Call run\('sample', \{\}, \{ size \}\)\.$/,
    })
  })
})

describe('procedures', () => {
  test('tell how far they are; what they fit and train takes effect at the end, and is saved', async () => {
    const before = (await trained.weights())['encoder/0/bias']!
    const work = trained.perform('meanCode', { data, options: { rounds: 3 }, seed: 5 })
    const seen: unknown[] = []
    for await (const { done, total, figures } of work) seen.push([done, total, Object.keys(figures ?? {})])
    expect(seen).toEqual([1, 2, 3].map((done) => [done, 3, ['first']]))
    const { figures, outputs } = await work
    expect(outputs!.code!.shape).toEqual([2, 3])
    // Seeded: again the same draws.
    const again = await trained.perform('meanCode', { data, options: { rounds: 3 }, seed: 5 })
    expect(again.figures).toEqual(figures)
    expect(again.outputs).toEqual(outputs)
    const after = (await trained.weights())['encoder/0/bias']!
    expect(after.data[0]).toBeCloseTo(before.data[0]! + 2, 5)
    const file = decodeModel(await trained.save(), registry)
    expect(file.extras).toEqual({ from: 'here' })
    expect(file.attachments.mean!.tensors.mean!.shape).toEqual([3])
    const opened = await openModel({ ...file, model }, { backend: cpu })
    expect(opened.attachments).toEqual(trained.attachments)
    opened.detach('mean')
    expect(opened.attachments).toEqual({})
    opened.dispose()
  })

  test('that fail or are cancelled change nothing', async () => {
    const state = async () => [await trained.weights(), trained.attachments]
    const before = await state()
    await expect(trained.perform('meanCode', { data, options: { fail: true } })).rejects.toThrow('on purpose')
    const stop = new AbortController()
    const work = trained.perform('meanCode', { data, options: { rounds: 1000 }, signal: stop.signal })
    const reason = new Error('enough')
    const reading = (async () => {
      for await (const { done } of work) if (done === 2) stop.abort(reason)
    })()
    await expect(work).rejects.toBe(reason)
    await expect(reading).rejects.toBe(reason)
    expect(await state()).toEqual(before)
  })

  test('refuse unknown names, malformed options and missing data', async () => {
    await expectError(() => trained.perform('meanCod'), {
      code: 'spec',
      message: /^the model has no procedure "meanCod"\. Expected meanCode\. Did you mean "meanCode"\?$/,
    })
    await expectError(() => trained.perform('meanCode', { data, options: { round: 1 } }), {
      code: 'spec',
      message: /unknown option "round", did you mean "rounds"\?.*options rounds, fail/,
    })
    await expectError(() => trained.perform('meanCode'), {
      code: 'data',
      message:
        /^the procedure "meanCode" needs data\. Got none\. Give it a dataset: perform\('meanCode', \{ data \}\)\.$/,
    })
  })
})

test('what callbacks attach is in checkpoints, and a resumed run has it', async () => {
  const options = { registry, backend: cpu, optimizer: 'adam', epochs: 2, batchSize: 4 } as const
  const fitted = (n: number): Attachment => ({
    kind: 'number',
    spec: { type: 'n' },
    tensors: { n: { shape: [1], data: Float32Array.of(n) } },
  })
  const stop = new AbortController()
  const attach = {
    name: 'attach',
    onEpoch: ({ epoch }: { epoch: number }, run: { attach(name: string, fitted: Attachment): void }) => {
      run.attach('epoch', fitted(epoch))
      if (epoch === 1) stop.abort()
    },
  }
  const first = await fit(noisyModel, data, {
    ...options,
    callbacks: [attach],
    attachments: { scaler: fitted(9) },
    signal: stop.signal,
  })
  const second = await fit(noisyModel, data, { ...options, resumeFrom: first.checkpoint })
  expect(first.model.attachments).toEqual({ scaler: fitted(9), epoch: fitted(1) })
  expect(second.model.attachments).toEqual(first.model.attachments)
  first.model.dispose()
  second.model.dispose()
})
