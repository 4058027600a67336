import { type MemoryDataset, readField } from '@sandglass/core'
import { expectError } from '@sandglass/testing'
import { expect, test } from 'vitest'
import { blobs } from './blobs'
import { moons } from './moons'
import { plane } from './plane'
import { swissRoll } from './swiss-roll'

const rows = (dataset: MemoryDataset, field = 'input') => {
  const { data, shape } = readField(dataset, field)
  const width = shape[1] ?? 1
  return Array.from({ length: dataset.size }, (_, i) => [...data.subarray(i * width, (i + 1) * width)])
}
const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length
const deviation = (values: readonly number[]) => Math.sqrt(mean(values.map((x) => (x - mean(values)) ** 2)))

test('a swiss roll without noise lies on the roll, uniformly along it', () => {
  const roll = swissRoll({ size: 4000, seed: 1 })
  const position = rows(roll, 'position')
  for (const [i, [x, y, z]] of rows(roll).entries()) {
    const [t, h] = position[i]! as [number, number]
    expect(x).toBeCloseTo(t * Math.cos(t), 4)
    expect(y).toBeCloseTo(h, 5)
    expect(z).toBeCloseTo(t * Math.sin(t), 4)
    expect(t).toBeGreaterThanOrEqual(1.5 * Math.PI - 1e-5)
    expect(t).toBeLessThanOrEqual(4.5 * Math.PI + 1e-5)
  }
  expect(mean(position.map(([t]) => t!))).toBeCloseTo(3 * Math.PI, 0)
  expect(mean(position.map(([, h]) => h!)) / 21).toBeCloseTo(0.5, 1)
})

test('noise has the deviation asked for', () => {
  const clean = rows(swissRoll({ size: 4000, seed: 2 }))
  const noisy = rows(swissRoll({ size: 4000, seed: 2, noise: 0.5 }))
  expect(deviation(noisy.flatMap((p, i) => p.map((x, j) => x - clean[i]![j]!)))).toBeCloseTo(0.5, 1)
})

test('blobs are balanced, normal and within the box', () => {
  const data = blobs({ size: 3000, classes: 3, features: 2, spread: 0.5, box: 4, seed: 3 })
  const labels = [...readField(data, 'label').data]
  for (const c of [0, 1, 2]) {
    const points = rows(data).filter((_, i) => labels[i] === c)
    expect(points).toHaveLength(1000)
    for (const j of [0, 1]) {
      const values = points.map((p) => p[j]!)
      expect(deviation(values)).toBeGreaterThan(0.45)
      expect(deviation(values)).toBeLessThan(0.55)
      expect(Math.abs(mean(values))).toBeLessThan(4.1)
    }
  }
})

test('moons without noise lie on two half circles', () => {
  const data = moons({ size: 200, noise: 0, seed: 4 })
  const labels = readField(data, 'label').data
  for (const [i, [x, y]] of rows(data).entries()) {
    const [a, b] = labels[i] ? [1 - x!, 0.5 - y!] : [x!, y!]
    expect(a * a + b * b).toBeCloseTo(1, 5)
    expect(b).toBeGreaterThan(-1e-6)
  }
})

test('a plane without noise is one, and has the slopes asked for', () => {
  for (const [x, y, z] of rows(plane({ noise: 0, w1: 0.4, w2: -0.2, seed: 5 })))
    expect(z).toBeCloseTo(0.4 * x! - 0.2 * y!, 6)
  const points = rows(plane({ size: 5000, seed: 5 }))
  expect(deviation(points.map(([x, y, z]) => z! - 0.1 * x! - 0.3 * y!))).toBeCloseTo(0.1, 2)
})

test.each([
  ['swissRoll', (seed: number, size: number) => swissRoll({ seed, size, noise: 0.1 })],
  ['blobs', (seed: number, size: number) => blobs({ seed, size })],
  ['moons', (seed: number, size: number) => moons({ seed, size })],
  ['plane', (seed: number, size: number) => plane({ seed, size })],
])('%s depends on the seed alone and refuses malformed options', (name, make) => {
  const data = (seed: number) => [...readField(make(seed, 20), 'input').data]
  expect(data(1)).toEqual(data(1))
  expect(data(1)).not.toEqual(data(2))
  for (const size of [0, -1, 1.5, Number.NaN])
    expectError(() => make(1, size), {
      code: 'data',
      message: new RegExp(`${name}: malformed size. Got ${size}; expected a whole number of samples from 1`),
    })
})

test('refuses negative or infinite spreads', () => {
  expectError(() => moons({ seed: 1, noise: -1 }), {
    code: 'data',
    message: /moons: malformed noise. Got -1; expected a finite number that is not negative/,
  })
  expectError(() => blobs({ seed: 1, box: Number.POSITIVE_INFINITY }), {
    message: /blobs: malformed box. Got Infinity/,
  })
  expectError(() => blobs({ seed: 1, classes: 0 }), { message: /blobs \(classes\): malformed size/ })
})
