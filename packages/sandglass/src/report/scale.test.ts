import fc from 'fast-check'
import { expect, test } from 'vitest'
import { linear, tickLabels, ticks } from './scale'

test('ticks are round', () => {
  expect(ticks(0.3021, 0.4128, 5)).toEqual([0.3, 0.35, 0.4, 0.45])
  expect(ticks(1, 10, 6)).toEqual([0, 2, 4, 6, 8, 10])
  expect(ticks(-1.2, 0.9, 4)).toEqual([-2, -1, 0, 1])
})

test('ticks cover the range, evenly, and are few', () => {
  const value = fc.double({ min: -1e6, max: 1e6, noNaN: true })
  fc.assert(
    fc.property(
      value,
      fc.double({ min: 1e-3, max: 1e6, noNaN: true }),
      fc.integer({ min: 2, max: 10 }),
      (low, span, count) => {
        const found = ticks(low, low + span, count)
        const step = found[1]! - found[0]!
        expect(found[0]!).toBeLessThanOrEqual(low + 1e-6 * step)
        expect(found.at(-1)!).toBeGreaterThanOrEqual(low + span - 1e-6 * step)
        expect(found.length).toBeLessThanOrEqual(count + 3)
        for (let i = 1; i < found.length; i++) expect(found[i]! - found[i - 1]!).toBeCloseTo(step, 5)
      },
    ),
    { seed: 1 },
  )
})

test('one value, or none at all, still makes a range', () => {
  for (const value of [0, 0.3, -5]) expect(ticks(value, value).length).toBeGreaterThan(1)
})

test('labels have the decimals that tell them apart', () => {
  expect(tickLabels([0.3, 0.35, 0.4])).toEqual(['0.30', '0.35', '0.40'])
  expect(tickLabels([-2, 0, 2])).toEqual(['−2', '0', '2'])
  expect(tickLabels([0, 0.0002, 0.0004])).toEqual(['0.0e+0', '2.0e-4', '4.0e-4'])
})

test('a linear scale maps ends to ends, and a point to the beginning', () => {
  const scale = linear(2, 4, 100, 0)
  expect([2, 3, 4].map(scale)).toEqual([100, 50, 0])
  expect(linear(1, 1, 7, 9)(1)).toBe(7)
})
