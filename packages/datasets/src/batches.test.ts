import { createDataset, createStreams } from '@sandglass/core'
import { expectError } from '@sandglass/testing'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type BatchesOptions, batches, epochOrder } from './batches'

const count = (size: number) =>
  createDataset('d', { input: { shape: [], data: Int32Array.from({ length: size }, (_, i) => i) } })

function values(size: number, options: BatchesOptions): number[][] {
  return Array.from(batches(count(size), options), (batch) => {
    const out = new Float32Array(batch.size)
    batch.fill('input', out)
    return [...out]
  })
}

test('every epoch holds each sample once, in batches of the size asked for', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 200 }),
      fc.nat(),
      fc.nat(1000),
      fc.boolean(),
      (size, b, seed, shuffled) => {
        const batchSize = 1 + (b % size)
        const got = values(size, { batchSize, shuffle: shuffled && { seed, epoch: 3 } })
        expect(got.slice(0, -1).every((batch) => batch.length === batchSize)).toBe(true)
        expect(got.flat().sort((x, y) => x - y)).toEqual(Array.from({ length: size }, (_, i) => i))
      },
    ),
    { numRuns: 200 },
  )
})

test('the order depends only on seed and epoch', () => {
  const order = (seed: number, epoch: number) => [...epochOrder(100, { seed, epoch })]
  expect(order(1, 2)).toEqual(order(1, 2))
  expect(order(1, 2)).not.toEqual(order(1, 3))
  expect(order(1, 2)).not.toEqual(order(2, 2))
  expect(order(1, 2)).toEqual([...createStreams(1).at('data/shuffle', 2).permutation(100)])
  expect([...epochOrder(4, false)]).toEqual([0, 1, 2, 3])
})

test('an epoch can go on at any batch', () => {
  const options = { batchSize: 7, shuffle: { seed: 5, epoch: 1 } }
  const whole = values(40, options)
  for (let from = 0; from <= whole.length; from++) {
    expect(values(40, { ...options, from })).toEqual(whole.slice(from))
    expect(batches(count(40), { ...options, from }).length).toBe(whole.length - from)
  }
})

test('leaves out the remainder when asked', () => {
  expect(values(7, { batchSize: 3, dropRemainder: true })).toEqual([
    [0, 1, 2],
    [3, 4, 5],
  ])
  expect(values(7, { batchSize: 3 }).at(-1)).toEqual([6])
})

test.each([
  [{ batchSize: 0 }, /malformed batch size. Got 0; expected a whole number from 1/],
  [{ batchSize: 1.5 }, /malformed batch size. Got 1.5/],
  [
    { batchSize: 11 },
    /a batch is larger than dataset "d". Got batches of 11 from 10 samples. Use a batch size of at most 10/,
  ],
  [{ batchSize: 5, from: 3 }, /no batch 3 to begin with. Expected a whole number from 0 to 2/],
])('refuses %j at once', (options, message) => {
  expectError(() => batches(count(10), options), { code: 'data', message })
})
