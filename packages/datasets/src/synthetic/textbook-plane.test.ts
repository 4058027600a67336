import { type MemoryDataset, readField } from '@sandglass/core'
import { expect, test } from 'vitest'
import { textbookPlane } from './textbook-plane'
import golden from './textbook-plane.golden.json'

/** Mean, and the direction of least variance, of points in space. */
function fit(points: readonly number[][]) {
  const mean = [0, 1, 2].map((j) => points.reduce((sum, p) => sum + p[j]!, 0) / points.length)
  const c = [0, 1, 2].map((i) =>
    [0, 1, 2].map(
      (j) => points.reduce((sum, p) => sum + (p[i]! - mean[i]!) * (p[j]! - mean[j]!), 0) / points.length,
    ),
  )
  // Power iteration on trace · 1 − C, whose largest eigenvector is the smallest of C.
  const trace = c[0]![0]! + c[1]![1]! + c[2]![2]!
  let v = [0.3, 0.5, 0.8]
  for (let n = 0; n < 5000; n++) {
    const w = v.map((x, i) => trace * x - c[i]!.reduce((sum, cij, j) => sum + cij * v[j]!, 0))
    const norm = Math.hypot(...w)
    v = w.map((x) => x / norm)
  }
  return { mean, normal: v }
}

const rows = (dataset: MemoryDataset) => {
  const { data } = readField(dataset, 'input')
  return Array.from({ length: dataset.size }, (_, i) => [...data.subarray(3 * i, 3 * i + 3)])
}

/** What is lost by projecting on the plane: the mean over coordinates, as a mean squared error. */
const loss = (points: readonly number[][], { mean, normal }: ReturnType<typeof fit>) =>
  points.reduce((sum, p) => sum + p.reduce((d, x, j) => d + (x - mean[j]!) * normal[j]!, 0) ** 2, 0) /
  points.length /
  3

test.each([
  ['ml2', 0.00339],
  ['ml3', 0.023309],
  ['excelsior', 0.045459],
] as const)('the error of PCA on %s is the published one', (edition, published) => {
  const { train, provenance } = textbookPlane({ edition })
  const floor = loss(rows(train), fit(rows(train)))
  expect(floor).toBeCloseTo(golden[edition].train, 8)
  expect(floor).toBeCloseTo(published, 6)
  expect(train.size).toBe(edition === 'excelsior' ? 100 : 60)
  expect(provenance).toContain('NumPy, seed')
})

test('the points held back of excelsior', () => {
  const { train, test: held } = textbookPlane({ edition: 'excelsior' })
  expect(loss(rows(held!), fit(rows(train)))).toBeCloseTo(golden.excelsior.test, 7)
  expect(textbookPlane().test).toBeUndefined()
})
