import { expect, test } from 'vitest'
import { projectTo2d } from './pca'
import golden from './pca.golden.json'

test.each(golden)('agrees with NumPy on width $width', ({ data, width, points, explained }) => {
  const found = projectTo2d(data, width)
  const scale = Math.max(...points.map(Math.abs))
  expect(found.points).toHaveLength(points.length)
  for (const [i, value] of points.entries())
    expect(Math.abs(found.points[i]! - value)).toBeLessThan(1e-9 * scale)
  expect(found.explained[0]).toBeCloseTo(explained[0]!, 9)
  expect(found.explained[1]).toBeCloseTo(explained[1]!, 9)
})

test('data that does not vary lies at the origin', () => {
  const { points, explained } = projectTo2d(new Float32Array(30).fill(0.5), 3)
  expect([...points].every((value) => Math.abs(value) < 1e-12)).toBe(true)
  expect(explained).toEqual([0, 0])
})
