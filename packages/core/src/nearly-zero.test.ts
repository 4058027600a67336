import { expect, test } from 'vitest'
import { clearNearlyZero, clearsNearlyZero, NEARLY_ZERO } from './nearly-zero'

test('what is nearly zero becomes zero, and nothing else changes', () => {
  const data = Float32Array.of(1, -1e-33, 9e-35, -9e-35, 1e-40, Number.NaN, Number.NEGATIVE_INFINITY, 0)
  clearNearlyZero(data)
  const kept = Float32Array.of(1, -1e-33, 0, 0, 0, Number.NaN, Number.NEGATIVE_INFINITY, 0)
  expect(data).toEqual(kept)
})

test('no moment that decays by 0.9 is a denormal number before the next look', () => {
  const looks = Array.from({ length: 1000 }, (_, i) => i + 1).filter(clearsNearlyZero)
  const gap = Math.max(looks[0]!, ...looks.slice(1).map((look, i) => look - looks[i]!))
  expect(NEARLY_ZERO * 0.9 ** gap).toBeGreaterThan(2 ** -126)
})
