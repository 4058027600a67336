import fc from 'fast-check'
import { expect, test } from 'vitest'
import { orthonormalise } from './orthonormalise'

function worstDot(vectors: readonly Float64Array[]): number {
  let worst = 0
  for (const [i, a] of vectors.entries())
    for (const [j, b] of vectors.entries())
      worst = Math.max(worst, Math.abs(a.reduce((sum, x, k) => sum + x * b[k]!, 0) - (i === j ? 1 : 0)))
  return worst
}

test('vectors that nearly coincide still become orthonormal', () => {
  const nearly = fc.tuple(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 2 ** 30 }))
  fc.assert(
    fc.property(nearly, ([n, salt]) => {
      // All ones, but for 1e-7 on the diagonal and a little more that makes each case different.
      const vectors = Array.from({ length: n }, (_, i) =>
        Float64Array.from(
          { length: 12 },
          (_, k) => 1 + 1e-7 * (i === k ? 1 : 0) + 1e-9 * Math.sin(salt + i * 12 + k),
        ),
      )
      orthonormalise(vectors)
      expect(worstDot(vectors)).toBeLessThan(1e-13)
    }),
  )
})

test('keeps directions: the first vector is only scaled, an orthogonal set not at all', () => {
  const vectors = [Float64Array.of(0, -3, 4), Float64Array.of(2, 0, 0)]
  orthonormalise(vectors)
  expect(vectors).toEqual([Float64Array.of(0, -3 / 5, 4 / 5), Float64Array.of(1, 0, 0)])
})
