import { expect, test } from 'vitest'
import { flopsOf } from './flops'
import { convolutional } from './workloads/convolutional'
import { recurrent } from './workloads/recurrent'
import { sparse } from './workloads/sparse'

test('a dense step counts three products a layer but two for the first', () => {
  const pairs = [
    [784, 100],
    [100, 300],
    [300, 100],
    [100, 784],
  ] as const
  const byHand = pairs.reduce((sum, [n, m], i) => sum + 2 * 32 * n * m * (i === 0 ? 2 : 3), 0)
  expect(flopsOf(sparse, 32)).toBe(byHand)
  expect(byHand).toBe(36_608_000)
})

test('the convolutional products have the extents of the layers', () => {
  expect(convolutional.products.map(({ multiplyAdds }) => multiplyAdds)).toEqual([
    28 * 28 * 9 * 16,
    14 * 14 * 9 * 16 * 32,
    7 * 7 * 9 * 32 * 64,
    3 * 3 * 9 * 64 * 32,
    7 * 7 * 9 * 32 * 16,
    14 * 14 * 9 * 16,
  ])
})

test('the recurrent products count every time step', () => {
  const forward = 28 * (400 * 128 + 120 * 130 + 400 * 130 + 100 * 28)
  expect(flopsOf(recurrent, 2)).toBe(2 * 2 * (3 * forward - 28 * 400 * 28))
})
