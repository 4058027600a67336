import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { earlyStopping, type Run } from '../callbacks/index'
import { type Checkpoint, decodeCheckpoint, encodeCheckpoint } from '../checkpoint/checkpoint'
import { adam, cosineSchedule, sgd } from '../index'
import { cpu, noisyModel, registry, uniformData } from '../testing/fixture'
import { type FitResult, fit } from './fit'
import type { FitOptions } from './options'

// 42 samples in batches of 9 make 5 batches an epoch, the last of 6: 50 steps are 10 epochs.
const data = { train: uniformData(42, 1), validation: uniformData(11, 2) }

function optionsWith(changes: Partial<FitOptions>): FitOptions {
  return {
    registry,
    backend: cpu,
    optimizer: adam({ learningRate: cosineSchedule({ initial: 0.05, decaySteps: 40 }), emaMomentum: 0.9 }),
    epochs: 10,
    batchSize: 9,
    seed: 5,
    metrics: ['roundedAccuracy'],
    ...changes,
  }
}

/** Everything that a run leaves behind, as one hash. */
async function fingerprint({ model, history, stopped, checkpoint }: FitResult): Promise<string> {
  const hash = createHash('sha256')
  hash.update(JSON.stringify({ history, stopped }))
  for (const [name, { data }] of Object.entries(await model.weights()))
    hash.update(name).update(bytesOf(data))
  hash.update(encodeCheckpoint(checkpoint))
  model.dispose()
  return hash.digest('hex')
}

function bytesOf(data: ArrayBufferView): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
}

/** Runs until `k` updates are done in all, through the signal. */
async function stopAfter(k: number, options: FitOptions): Promise<Checkpoint> {
  const controller = new AbortController()
  const stopper = {
    name: 'stopper',
    onStep: ({ step }: { step: number }) => {
      if (step === k) controller.abort()
    },
  }
  const callbacks = [...(options.callbacks ?? []), stopper]
  const { model, checkpoint, stopped } = await fit(noisyModel, data, {
    ...options,
    callbacks,
    signal: controller.signal,
  })
  model.dispose()
  expect(checkpoint.position.step).toBe(k)
  expect(stopped).toBe('aborted')
  return decodeCheckpoint(encodeCheckpoint(checkpoint))
}

test('stopped after every one of 50 steps and resumed equals uninterrupted, to the last bit', async () => {
  const options = optionsWith({
    callbacks: [earlyStopping({ patience: 20, restoreBest: true, monitor: 'val_reconstruction' })],
  })
  const whole = await fit(noisyModel, data, options)
  expect(whole.history).toHaveLength(10)
  expect(whole.checkpoint.position.step).toBe(50)
  const expected = await fingerprint(whole)
  for (let k = 1; k <= 49; k++) {
    const resumed = await fit(noisyModel, data, { ...options, resumeFrom: await stopAfter(k, options) })
    expect(await fingerprint(resumed), `stopped after step ${k}`).toBe(expected)
  }
})

test('resumed from a checkpoint taken on the way, at steps and ends of epochs, equals uninterrupted', async () => {
  const options = optionsWith({ optimizer: sgd({ learningRate: 0.1, momentum: 0.9 }) })
  const taken: Uint8Array[] = []
  const taker = {
    name: 'taker',
    onSettled: async (_: unknown, run: Run) => void taken.push(encodeCheckpoint(await run.checkpoint())),
  }
  const whole = await fit(noisyModel, data, { ...options, callbacks: [taker] })
  const expected = await fingerprint(whole)
  expect(taken).toHaveLength(60)
  for (const [i, bytes] of taken.entries()) {
    const resumed = await fit(noisyModel, data, { ...options, resumeFrom: decodeCheckpoint(bytes) })
    expect(await fingerprint(resumed), `checkpoint ${i}`).toBe(expected)
  }
})

test('stopped again and again, also before the first step and after the last, equals uninterrupted', async () => {
  const options = optionsWith({})
  const expected = await fingerprint(await fit(noisyModel, data, options))
  const aborted = await fit(noisyModel, data, { ...options, signal: AbortSignal.abort() })
  expect(aborted).toMatchObject({ stopped: 'aborted', history: [], checkpoint: { position: { step: 0 } } })
  aborted.model.dispose()
  let resumeFrom = aborted.checkpoint
  for (const k of [3, 5, 7, 10, 31]) resumeFrom = await stopAfter(k, { ...options, resumeFrom })
  const result = await fit(noisyModel, data, { ...options, resumeFrom })
  const again = await fit(noisyModel, data, { ...options, resumeFrom: result.checkpoint })
  expect(await fingerprint(result)).toBe(expected)
  expect(await fingerprint(again)).toBe(expected)
})

test('a run that early stopping ended stays ended when resumed', async () => {
  const options = optionsWith({ callbacks: [earlyStopping({ patience: 0, minDelta: 10 })] })
  const first = await fit(noisyModel, data, options)
  expect(first.stopped).toBe('earlyStopping')
  expect(first.history).toHaveLength(2)
  const again = await fit(noisyModel, data, { ...options, resumeFrom: first.checkpoint })
  expect(again.history).toEqual(first.history)
  expect(await fingerprint(again)).toBe(await fingerprint(first))
})

test('a finished run can be given more epochs', async () => {
  const options = optionsWith({ optimizer: 'adam' })
  const short = await fit(noisyModel, data, { ...options, epochs: 4 })
  const longer = await fit(noisyModel, data, { ...options, resumeFrom: short.checkpoint })
  expect(await fingerprint(longer)).toBe(await fingerprint(await fit(noisyModel, data, options)))
  short.model.dispose()
})
