import { describe, expect, test } from 'vitest'
import { createStreams } from './streams'

// The numbers are fixed, so these tests pass or fail for ever. Bounds are about five standard deviations of the
// statistic under the hypothesis that the numbers are what they should be.
const N = 1_000_000
const streams = createStreams(2026)
const uniforms = streams.at('uniform').uniform(new Float32Array(N))
const normals = streams.at('normal').normal(new Float32Array(N))
const truncated = streams.at('truncated').truncatedNormal(new Float32Array(N))

const moment = (values: Float32Array, power: number) =>
  values.reduce((sum, x) => sum + x ** power, 0) / values.length

function correlation(a: Float32Array, b: Float32Array, lag = 0): number {
  let sum = 0
  for (let i = 0; i + lag < a.length; i++) sum += a[i]! * b[i + lag]!
  return sum / (a.length - lag)
}

/** Largest distance between the empirical distribution and `cdf`, times √n. */
function kolmogorov(values: Float32Array, cdf: (x: number) => number): number {
  const sorted = values.toSorted()
  const n = sorted.length
  let worst = 0
  for (const [i, x] of sorted.entries()) worst = Math.max(worst, Math.abs(cdf(x) - (i + 0.5) / n))
  return worst * Math.sqrt(n)
}

/** Φ by its Taylor series, good to 1e-9 for |x| < 7 in float64 where it matters here. */
function phi(x: number): number {
  let term = x
  let sum = x
  for (let k = 1; Math.abs(term) > 1e-12; k++) {
    term *= (-x * x) / (2 * k)
    sum += term / (2 * k + 1)
  }
  return 0.5 + sum / Math.sqrt(2 * Math.PI)
}

/** (χ² − degrees of freedom) / √(2 · degrees of freedom), of equally likely cells. */
function excess(cells: ArrayLike<number>): number {
  const counts = Array.from(cells)
  const expected = counts.reduce((a, b) => a + b, 0) / counts.length
  const chi2 = counts.reduce((sum, c) => sum + (c - expected) ** 2 / expected, 0)
  return (chi2 - (counts.length - 1)) / Math.sqrt(2 * (counts.length - 1))
}

describe('uniform', () => {
  test('fills [0, 1) evenly, one by one, in pairs and in low bits', () => {
    const single = new Float64Array(1024)
    const pairs = new Float64Array(64 * 64)
    const low = new Float64Array(1024)
    for (let i = 0; i < N; i += 2) {
      const [a, b] = [uniforms[i]!, uniforms[i + 1]!]
      single[Math.floor(a * 1024)]!++
      pairs[Math.floor(a * 64) * 64 + Math.floor(b * 64)]!++
      low[(a * 2 ** 24) & 1023]!++
    }
    for (const cells of [single, pairs, low]) expect(Math.abs(excess(cells))).toBeLessThan(5)
  })

  test('keeps the Kolmogorov–Smirnov distance', () => {
    expect(kolmogorov(uniforms, (x) => x)).toBeLessThan(2)
  })
})

describe('normal', () => {
  test('has moments 0, 1, 0, 3, 0, 15', () => {
    const variances = [1, 2, 15, 96, 945, 10170]
    for (const [i, want] of [0, 1, 0, 3, 0, 15].entries())
      expect(Math.abs(moment(normals, i + 1) - want)).toBeLessThan(5 * Math.sqrt(variances[i]! / N))
  })

  test('keeps the Kolmogorov–Smirnov distance', () => {
    expect(kolmogorov(normals, phi)).toBeLessThan(2)
  })

  test('has tails as heavy as they should be, beyond 5 on both sides', () => {
    // Eight million numbers in pieces; two-sided probabilities.
    const tails: [number, number][] = [
      [3, 2.6997960632601866e-3],
      [4, 6.334248366623996e-5],
      [4.5, 6.795346249e-6],
      [5, 5.733031437583867e-7],
    ]
    const counts = tails.map(() => [0, 0] as [number, number])
    const total = 8_000_000
    const piece = new Float32Array(1_000_000)
    for (let step = 0; step < total / piece.length; step++)
      for (const z of streams.at('tails', step).normal(piece))
        if (z > 3 || z < -3)
          for (const [i, [from]] of tails.entries()) if (Math.abs(z) > from) counts[i]![z > 0 ? 1 : 0]++
    for (const [i, [from, p]] of tails.entries())
      for (const count of counts[i]!)
        expect(Math.abs(count - (total * p) / 2), `beyond ${from}`).toBeLessThan(
          5 * Math.sqrt((total * p) / 2),
        )
    expect(counts[3]![0] + counts[3]![1]).toBeGreaterThan(0)
  })
})

describe('truncated normal', () => {
  test('stays within 2, and comes near', () => {
    expect(truncated.every((z) => Math.abs(z) <= 2)).toBe(true)
    expect(truncated.reduce((most, z) => Math.max(most, Math.abs(z)), 0)).toBeGreaterThan(1.9999)
  })

  test('has deviation 0.8796 and the right distribution', () => {
    const inside = phi(2) - phi(-2)
    expect(Math.abs(moment(truncated, 1))).toBeLessThan(5 * Math.sqrt(0.7737 / N))
    expect(Math.sqrt(moment(truncated, 2))).toBeCloseTo(0.87962566, 2.5)
    expect(kolmogorov(truncated, (x) => (phi(x) - phi(-2)) / inside)).toBeLessThan(2)
  })
})

describe('independence', () => {
  const bound = 5 / Math.sqrt(N)

  test.each([1, 2, 3, 4, 7, 1024, 2048])('of elements %i apart', (lag) => {
    expect(Math.abs(correlation(normals, normals, lag))).toBeLessThan(bound)
    const squares = normals.map((z) => (z * z - 1) / Math.SQRT2)
    expect(Math.abs(correlation(squares, squares, lag))).toBeLessThan(bound)
  })

  test.each([
    ['steps', 0, 'a', 8, 0, 'a', 9],
    ['steps 2³² apart', 0, 'a', 8, 0, 'a', 8 + 2 ** 32],
    ['streams of one letter', 0, 'a', 8, 0, 'b', 8],
    ['seeds', 0, 'a', 8, 1, 'a', 8],
    ['seeds of opposite sign', 1, 'a', 8, -1, 'a', 8],
  ])('of neighbouring %s', (_, seedA, nameA, stepA, seedB, nameB, stepB) => {
    const a = createStreams(seedA).at(nameA, stepA).normal(new Float32Array(N))
    const b = createStreams(seedB).at(nameB, stepB).normal(new Float32Array(N))
    for (const lag of [0, 1]) expect(Math.abs(correlation(a, b, lag))).toBeLessThan(bound)
  })

  test('of the first elements of successive steps and numbered streams', () => {
    const first = (at: (i: number) => ReturnType<typeof streams.at>) =>
      Float32Array.from({ length: 50_000 }, (_, i) => at(i).normal(new Float32Array(1))[0]!)
    for (const values of [first((i) => streams.at('step', i)), first((i) => streams.at(`layer/${i}`))]) {
      expect(kolmogorov(values, phi)).toBeLessThan(2)
      expect(Math.abs(correlation(values, values, 1))).toBeLessThan(5 / Math.sqrt(values.length))
    }
  })
})

test('all 24 permutations of 4 are equally likely', () => {
  const counts = new Map<string, number>()
  for (let step = 0; step < 48_000; step++) {
    const order = streams.at('order', step).permutation(4).join('')
    counts.set(order, (counts.get(order) ?? 0) + 1)
  }
  expect(counts.size).toBe(24)
  expect(Math.abs(excess([...counts.values()]))).toBeLessThan(5)
})

test('an element of a long permutation goes anywhere', () => {
  const places = new Float64Array(50)
  for (let step = 0; step < 2_000; step++) {
    const order = streams.at('long', step).permutation(5_000)
    places[Math.floor(order.indexOf(step) / 100)]!++
    places[Math.floor(order[4_999 - step]! / 100)]!++
  }
  expect(Math.abs(excess(places))).toBeLessThan(5)
})
