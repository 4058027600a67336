import fc from 'fast-check'
import { expect, test } from 'vitest'
import { apportion } from './apportion'

test('shares rounded down or up that add up', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 1000 }), { minLength: 1, maxLength: 6 }),
      fc.integer({ min: 1, max: 100_000 }),
      fc.double({ min: 0.01, max: 1, noNaN: true }),
      (weights, total, used) => {
        const sum = weights.reduce((a, b) => a + b, 0)
        const fractions = weights.map((weight) => (used * weight) / sum)
        const counts = apportion(fractions, total)
        expect(counts.reduce((a, b) => a + b, 0)).toBe(Math.round(used * total))
        for (const [i, n] of counts.entries()) expect(Math.abs(n - fractions[i]! * total)).toBeLessThan(1)
      },
    ),
    { numRuns: 1000 },
  )
})

test('is not misled by binary fractions', () => {
  expect(apportion([0.7, 0.2, 0.1], 10)).toEqual([7, 2, 1])
  expect(apportion([0.8, 0.1, 0.1], 60000)).toEqual([48000, 6000, 6000])
  expect(apportion([1 / 3, 1 / 3, 1 / 3], 10)).toEqual([4, 3, 3])
})
