import { expect, test } from 'vitest'
import { normalQuantile } from './normal-quantile'
import golden from './streams.golden.json'

test.each(golden.quantiles)('of %d as in SciPy', (p, z) => {
  expect(Math.abs(normalQuantile(p!) - z!)).toBeLessThan(1e-14 + 1e-14 * z!)
})

test('falls as p grows, also where one formula hands over to the next', () => {
  const ps = Array.from({ length: 4000 }, (_, i) => 0.5 * 0.99 ** i)
  const zs = ps.map(normalQuantile)
  expect(zs.every((z, i) => i === 0 || z > zs[i - 1]!)).toBe(true)
})
