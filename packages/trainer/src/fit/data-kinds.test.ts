import {
  autoencoder,
  createLazyDataset,
  createStream,
  type Dataset,
  dense,
  readField,
  type StreamedDataset,
  streamOf,
} from '@sandglass/core'
import { expectError, expectNoLeak } from '@sandglass/testing'
import { describe, expect, test } from 'vitest'
import { decodeCheckpoint, encodeCheckpoint } from '../checkpoint/checkpoint'
import { adam, cosineSchedule, sgd } from '../index'
import { cpu, noisyModel, registry, uniformData } from '../testing/fixture'
import type { FitEvent } from './events'
import { type FitResult, fit } from './fit'
import type { FitOptions } from './options'

// 42 samples in batches of 9 make 5 batches an epoch, the last of 6.
const train = uniformData(42, 1)
const validation = uniformData(11, 2)
const base: FitOptions = {
  registry,
  backend: cpu,
  optimizer: 'adam',
  epochs: 3,
  batchSize: 9,
  seed: 5,
  validation,
}

/** The same samples, each batch read a little later. */
const lazy = (dataset: Dataset): Dataset =>
  createLazyDataset(dataset.name, {
    size: dataset.size,
    fields: dataset.fields,
    read: async (rows) => {
      await new Promise((resolve) => setImmediate(resolve))
      return dataset.batch(rows)
    },
  })

/** The same samples one after another, their number not known. */
const unsized = (dataset: Dataset): StreamedDataset =>
  createStream(dataset.name, { fields: dataset.fields, read: () => streamOf(dataset, { chunk: 7 }).read() })

async function outcome({ model, history, checkpoint }: FitResult) {
  const weights = await model.weights()
  model.dispose()
  return { history, weights, checkpoint }
}

const result = async (data: Parameters<typeof fit>[1], changes: Partial<FitOptions> = {}) =>
  outcome(await fit(noisyModel, data, { ...base, ...changes }))

describe('data that have to be read', () => {
  test('train to the very numbers of the same data in memory, and leak nothing', async () => {
    const inMemory = await result(train)
    expect(await expectNoLeak(() => result(lazy(train), { validation: lazy(validation) }))).toEqual(inMemory)
  })

  test('are not read any more once a run is over', async () => {
    let reading = 0
    const counted = createLazyDataset('counted', {
      size: 42,
      fields: train.fields,
      read: async (rows) => {
        reading++
        return train.batch(rows)
      },
    })
    await result(counted, { epochs: 1, validation: undefined, callbacks: [stopAfter(2)] })
    // A probe of the data, two batches trained on, and those read ahead.
    expect(reading).toBeLessThanOrEqual(1 + 2 + 3)
  })

  test('fail the run when they cannot be read', async () => {
    const failing = createLazyDataset('failing', {
      size: 42,
      fields: train.fields,
      read: async (rows) => {
        if (rows.length === 6) throw new Error('the disk is gone')
        return train.batch(rows)
      },
    })
    await expect(expectNoLeak(() => result(failing))).rejects.toThrow('the disk is gone')
  })
})

describe('streams', () => {
  test.each([
    ['of known size', streamOf(train, { chunk: 4 }), streamOf(validation)],
    ['of unknown size', unsized(train), unsized(validation)],
  ])('%s train to the very numbers of the same data in order', async (_, stream, validating) => {
    const { history, weights } = await result(train, { shuffle: false })
    const streamed = await expectNoLeak(() => result(stream, { shuffle: false, validation: validating }))
    expect(streamed.history).toEqual(history)
    expect(streamed.weights).toEqual(weights)
  })

  const callbacks = () => ({
    shuffleBuffer: 18,
    optimizer: adam({ learningRate: cosineSchedule({ initial: 0.05, decaySteps: 12 }) }),
  })

  test.each([
    ['of known size', streamOf(train, { chunk: 4 })],
    ['of unknown size', unsized(train)],
  ])('%s: stopped after every step and resumed equals uninterrupted, to the last bit', async (_, stream) => {
    const whole = await result(stream, callbacks())
    const inOrder = await result(stream, { ...callbacks(), shuffle: false })
    expect(whole.history).not.toEqual(inOrder.history)
    for (let k = 1; k < 15; k++) {
      const { checkpoint } = await result(stream, { ...callbacks(), callbacks: [stopAfter(k)] })
      const { stopped, ...rest } = checkpoint
      expect(stopped).toBe('enough')
      const resumeFrom = decodeCheckpoint(encodeCheckpoint(rest))
      expect(await result(stream, { ...callbacks(), resumeFrom }), `after step ${k}`).toEqual(whole)
    }
  })

  test('of unknown size say nothing of a total; from the second epoch on it is known', async () => {
    const events: FitEvent[] = []
    const stop = new AbortController()
    const run = fit(noisyModel, unsized(train), { ...base, signal: stop.signal })
    for await (const event of run) {
      events.push(event)
      if (event.type === 'epoch') stop.abort()
    }
    const { checkpoint, model } = await run
    model.dispose()
    expect(events[0]).toMatchObject({ type: 'start', validationSamples: 11 })
    expect(events[0]).not.toMatchObject({ batches: expect.anything() })
    expect(events.filter(({ type }) => type === 'step')).toHaveLength(5)
    expect(checkpoint.batches).toBe(5)
    const resumed = fit(noisyModel, unsized(train), { ...base, resumeFrom: checkpoint })
    for await (const event of resumed) if (event.type === 'start') expect(event.batches).toBe(5)
    ;(await resumed).model.dispose()
  })

  test('of unknown size: phases that begin in later epochs begin there', async () => {
    const turns = [
      { turns: [['reconstruction']] },
      { from: { epoch: 2 }, turns: [['reconstruction', 'reconstruction']] },
    ]
    const known = await result(train, { shuffle: false, turns })
    const unknown = await result(unsized(train), { shuffle: false, turns })
    expect(unknown.checkpoint.position.step).toBe(5 + 10 + 10)
    expect(unknown.history).toEqual(known.history)
    expect(unknown.weights).toEqual(known.weights)
  })

  test('of unknown size: schedules that need the length of the run say so', async () => {
    const optimizer = sgd({ learningRate: cosineSchedule({ initial: 0.1 }) })
    await expectError(() => result(unsized(train), { optimizer }), {
      code: 'spec',
      message:
        /^the schedule needs to know how long the run is\. Got the stream "test", whose size is not known .* \(decaySteps, steps\)\.$/,
    })
    await result(streamOf(train), { optimizer })
  })

  test('that change their size from pass to pass end the run', async () => {
    let passes = 0
    const growing = createStream('growing', {
      fields: train.fields,
      read: () => streamOf(uniformData(20 + 10 * passes++)).read(),
    })
    await expectError(() => result(growing, { shuffle: false }), {
      code: 'data',
      message:
        /^the stream "growing" changes its size\. Got 5 batches in epoch 2; expected 4, as in the first\.$/,
    })
  })

  test('are evaluated and mapped as the same data', async () => {
    const { model } = await fit(noisyModel, train, base)
    for (const data of [streamOf(train, { chunk: 5 }), unsized(train), lazy(train)]) {
      expect(await model.evaluate(data)).toEqual(await model.evaluate(train))
      expect(await model.encode(data, { batchSize: 10 })).toEqual(
        await model.encode(train, { batchSize: 10 }),
      )
    }
    await expectError(() => model.run('encode', unsized(train), { size: 3 }), {
      code: 'spec',
      message: /^"encode" makes as many samples as it is given\. Got size 3/,
    })
    model.dispose()
  })

  test('refuse what needs samples in any order', async () => {
    await expectError(() => result(unsized(train), { validation: 0.5 }), {
      code: 'data',
      message: /^no share of the stream "test" can be set aside\. Expected a dataset or a stream of its own/,
    })
    await expectError(() => result(unsized(train), { shuffleBuffer: 0 }), {
      code: 'spec',
      message: /^shuffleBuffer is not usable\. Got 0/,
    })
  })
})

test('a set smaller than the usual batch trains with what there is; only a larger batch that was asked for is refused', async () => {
  const { history, checkpoint } = await result(uniformData(5), {
    batchSize: undefined,
    validation: undefined,
  })
  expect(history).toHaveLength(3)
  expect(checkpoint.position.step).toBe(3)
  await expectError(() => result(uniformData(5), { batchSize: 32 }), {
    code: 'data',
    message: /^the batch size is larger than the training data "test"\. Got batches of 32 from 5 samples/,
  })
})

function stopAfter(k: number) {
  return {
    name: 'stopper',
    onStep: ({ step }: { step: number }, run: { stop(reason: string): void }) => {
      if (step === k) run.stop('enough')
    },
  }
}

test('a model for the data is built from what the stream says that it holds', async () => {
  const model = autoencoder({ encoder: [dense({ units: 2 })], decoder: [dense({ units: 6 })] })
  const { model: trained } = await fit(model, unsized(train), base)
  expect((await trained.encode(readField(train, 'input'))).shape).toEqual([42, 2])
  trained.dispose()
})
