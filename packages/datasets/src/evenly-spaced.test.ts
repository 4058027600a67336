import fc from 'fast-check'
import { expect, test } from 'vitest'
import { evenlySpaced } from './evenly-spaced'

const numbers = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 300 })

test('quantiles of all numbers are exact: the k-th of n + 1 sorted numbers is the quantile k / n', () => {
  fc.assert(
    fc.property(numbers, fc.double({ min: 0, max: 1, noNaN: true }), (values, share) => {
      const kept = evenlySpaced()
      for (const value of values) kept.add(value)
      const sorted = [...values].sort((a, b) => a - b)
      expect(kept.quantile(0)).toBe(sorted[0])
      expect(kept.quantile(1)).toBe(sorted.at(-1))
      const place = share * (values.length - 1)
      expect(kept.quantile(share)).toBeGreaterThanOrEqual(sorted[Math.floor(place)]!)
      expect(kept.quantile(share)).toBeLessThanOrEqual(sorted[Math.ceil(place)]!)
    }),
  )
})

test('of more numbers than are kept the quantiles are near those of all', () => {
  for (const count of [1001, 5000, 12345]) {
    const kept = evenlySpaced(1000)
    for (let i = 0; i < count; i++) kept.add((i * 7919) % count)
    for (const share of [0.1, 0.25, 0.5, 0.9]) expect(kept.quantile(share) / count).toBeCloseTo(share, 1)
  }
})
