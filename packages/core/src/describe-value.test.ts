import fc from 'fast-check'
import { expect, test } from 'vitest'
import { relu } from './activations/index'
import { createDataset } from './data/create-dataset'
import { describeValue } from './describe-value'

test.each([
  [undefined, 'undefined'],
  [null, 'null'],
  [3, '3'],
  [10n, '10'],
  [Symbol('s'), 'Symbol(s)'],
  ['relu', '"relu"'],
  ['x'.repeat(1e6), `"${'x'.repeat(56)}…`],
  [() => 1, 'a function'],
  [relu, 'the function relu itself'],
  [Promise.resolve(1), 'a promise'],
  [new Float32Array(6), 'a Float32Array of 6 numbers'],
  [new ArrayBuffer(8), 'an ArrayBuffer'],
  [new Map(), 'a Map'],
  [{ type: 'dense', units: 3 }, '{"type":"dense","units":3}'],
  [Object.create(null), '{}'],
  [{ input: Promise.resolve(1), f: relu }, '{"input":(a promise),"f":the function relu itself}'],
  [[], '[]'],
  [[1, 2], '[1,2]'],
  [Array.from({ length: 64 }, () => [1, 2, 3]), 'an array of 64 arrays'],
  [Array.from({ length: 9 }, () => new Float32Array(3)), 'an array of 9 typed arrays'],
  [Array.from({ length: 9 }, () => ({})), 'an array of 9 objects'],
  [new Array(1e6).fill('a'), 'an array of 1000000 strings'],
  [createDataset('d', { input: { shape: [2], data: new Float32Array(6) } }), 'a dataset of 3 samples'],
])('%o is %s', (value, text) => {
  expect(describeValue(value)).toBe(text)
})

test('tensors are told by their shape', () => {
  const tensor = { shape: [1, 3], dtype: 'float32', dataSync: () => new Float32Array(3) }
  expect(describeValue(tensor)).toBe('a tensor of shape [1, 3]')
})

test('whatever it is, the text is short, and a large value is not walked through', () => {
  fc.assert(
    fc.property(fc.anything({ withTypedArray: true, withMap: true, withNullPrototype: true }), (value) => {
      expect(describeValue(value).length).toBeLessThan(120)
    }),
  )
  const loop: Record<string, unknown> = {}
  loop.self = loop
  expect(describeValue(loop).length).toBeLessThan(120)
  let reads = 0
  const counted = new Proxy(
    {},
    {
      ownKeys: () => Array.from({ length: 1000 }, (_, i) => `k${i}`),
      getOwnPropertyDescriptor: () => ({ configurable: true, enumerable: true, value: 1 }),
      get: (_, key) => {
        if (typeof key === 'string' && key.startsWith('k')) reads++
        return undefined
      },
    },
  )
  describeValue(counted)
  expect(reads).toBeLessThan(30)
})
