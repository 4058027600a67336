import { encodeState } from '@sandglass/core'
import { expectError } from '@sandglass/testing'
import { expect, test } from 'vitest'
import { type Checkpoint, decodeCheckpoint, encodeCheckpoint } from './checkpoint'

const tensor = { shape: [2], data: Float32Array.of(1.5, -0) }
const checkpoint: Checkpoint = {
  seed: -3,
  position: { epoch: 1, batch: 2, turn: 1, step: 12 },
  training: {
    weights: { 'encoder/0/bias': tensor },
    slots: { 'a/b': { 'momentum/encoder/0/bias': tensor } },
    iterations: { 'a/b': 12 },
  },
  history: [{ epoch: 1, loss: Number.NaN, kl: Number.NEGATIVE_INFINITY, learningRate: 0.1 + 0.2 }],
  means: { 'a/b': { size: 8, sums: { loss: 1 / 3, kl: Number.POSITIVE_INFINITY } } },
  callbacks: { earlyStopping: { json: { waited: 1 }, tensors: { w: tensor } }, other: { json: [null, 'x'] } },
  attachments: {
    mean: { kind: 'vector', spec: { type: 'mean' }, tensors: { 'a/b': tensor } },
    none: { kind: 'x', spec: { type: 'y' }, tensors: {}, plugin: { name: 'p', version: '1.0.0' } },
  },
  controls: { beta: 0.1 + 0.2, temperature: -3 },
  stopped: 'earlyStopping',
  identity: { model: { type: 'autoencoder' }, batchSize: 4 },
}

test('comes back as it was, also numbers that JSON does not know', () => {
  const back = decodeCheckpoint(encodeCheckpoint(checkpoint))
  expect(back).toEqual(checkpoint)
  expect(encodeCheckpoint(back)).toEqual(encodeCheckpoint(checkpoint))
  expect(Object.is(back.training.weights['encoder/0/bias']!.data[1], -0)).toBe(true)
})

test('a file of another maker, a changed byte or a wrong form is refused', () => {
  const { training: state } = checkpoint
  const malformed = (json: object) => () =>
    decodeCheckpoint(encodeState({ state, json: json as never }), 'run.ckpt')
  expectError(malformed({}), {
    code: 'file',
    message: /^run\.ckpt is malformed\. Got a description with a wrong seed/,
  })
  const { training: _, ...rest } = checkpoint
  const good = { ...rest, history: [], means: {}, callbacks: {}, attachments: {} }
  expectError(malformed({ ...good, position: { ...rest.position, step: -1 } }), {
    code: 'file',
    message: /a wrong position\.step/,
  })
  expectError(malformed({ ...good, history: [{ loss: 'many' }] }), {
    code: 'file',
    message: /a wrong history\.0\.loss/,
  })
  expectError(malformed({ ...good, extra: 1 }), { code: 'file', message: /is malformed/ })
  const bytes = encodeCheckpoint(checkpoint)
  for (let i = 0; i < bytes.length; i += 7) {
    const changed = bytes.slice()
    changed[i]! ^= 1
    expectError(() => decodeCheckpoint(changed), { code: 'file' })
  }
})
