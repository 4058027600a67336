import { expectError } from '@sandglass/testing'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { HostRecord } from '../tensors'
import { encodeDocument } from './document'
import { decodeState, encodeState } from './state-file'

const name = fc
  .string({ unit: fc.constantFrom('a', '/', '%', '2', 'F', 'ö', '🏺', '.'), minLength: 1, maxLength: 8 })
  .filter((text) => !text.includes('__proto__'))
const record: fc.Arbitrary<HostRecord> = fc.dictionary(
  name,
  fc.float32Array({ maxLength: 5 }).map((data) => ({ shape: [data.length], data })),
  { maxKeys: 4, noNullPrototype: true },
)

test('any state comes back bit for bit, whatever its names', () => {
  const slots = fc.dictionary(name, record, { maxKeys: 3, noNullPrototype: true })
  const iterations = fc.dictionary(name, fc.nat(), { maxKeys: 3, noNullPrototype: true })
  fc.assert(
    fc.property(record, slots, iterations, (weights, slots, iterations) => {
      const state = { weights, slots, iterations }
      const json = { history: [{ epoch: 1, loss: 0.1 }], order: [3, 1, 2] }
      const bytes = encodeState({ state, json })
      const found = decodeState(bytes)
      expect(found).toEqual({ state, json })
      expect(Buffer.compare(encodeState(found), bytes)).toBe(0)
    }),
    { numRuns: 300, seed: 6 },
  )
})

test('an objective without slots keeps its place', () => {
  const state = { weights: {}, slots: { reconstruction: {} }, iterations: { reconstruction: 7 } }
  expect(decodeState(encodeState({ state }))).toEqual({ state, json: {} })
})

describe('refused', () => {
  const write = (json: never, tensors: HostRecord = {}) =>
    encodeDocument({ kind: 'checkpoint', version: 1, json, tensors })
  const one = { shape: [1], data: Float32Array.of(1) }
  test.each<[string, Uint8Array, RegExp]>([
    [
      'a list',
      write([] as never),
      /^last\.safetensors is malformed\. Got a malformed description; expected objectives, iterations and json/,
    ],
    [
      'half a step',
      write({ objectives: [], iterations: { a: 0.5 }, json: 1 } as never),
      /malformed description/,
    ],
    [
      'less than none',
      write({ objectives: [], iterations: { a: -1 }, json: 1 } as never),
      /malformed description/,
    ],
    [
      'more than was asked',
      write({ objectives: [], iterations: {}, json: 1, more: 1 } as never),
      /malformed description/,
    ],
    [
      'a tensor of no known place',
      write({ objectives: ['a'], iterations: {}, json: 1 } as never, { 'slots/b/x': one, 'slots/a/x': one }),
      /Got the tensor slots\/b\/x; expected weights\/… and slots\/<objective>\/…/,
    ],
    [
      'a model',
      encodeDocument({ kind: 'model', version: 1, json: {}, tensors: {} }),
      /Got a model; expected a checkpoint/,
    ],
  ])('%s', (_, bytes, message) => {
    expectError(() => decodeState(bytes, 'last.safetensors'), { code: 'file', message })
  })
})
