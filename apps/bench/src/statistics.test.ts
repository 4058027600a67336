import { expect, test } from 'vitest'
import { geometricMean, lossesAgree, median, pairedRatio } from './statistics'

test('the median is the middle, or between the two middles', () => {
  expect(median([3, 1, 20])).toBe(3)
  expect(median([4, 1, 20, 2])).toBe(3)
  expect(median([])).toBeNaN()
})

test('ratios are of the same round', () => {
  // Both are slow in the second round: of the medians alone 6/3 would come out, never 2 and 3 apart.
  expect(pairedRatio([4, 60, 6], [2, 20, 3])).toEqual({ median: 2, least: 2, most: 3 })
})

test('the geometric mean of a ratio and its inverse is one', () => {
  expect(geometricMean([4, 0.25])).toBeCloseTo(1)
})

test('losses agree relatively, and never with NaN or when some are missing', () => {
  expect(lossesAgree([1.0009], [1], 1e-3)).toBe(true)
  expect(lossesAgree([1.0011], [1], 1e-3)).toBe(false)
  expect(lossesAgree([Number.NaN], [1], 1e-3)).toBe(false)
  expect(lossesAgree([1, 1], [1], 1e-3)).toBe(false)
})
