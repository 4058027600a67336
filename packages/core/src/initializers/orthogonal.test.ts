import { expectError, expectGolden } from '@sandglass/testing'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Initializer } from '../initializer'
import { core } from '../plugin-core'
import { createStreams, type Stream } from '../random/streams'
import { createRegistry } from '../registry'
import golden from './initializers.golden.json'
import { orthogonal } from './orthogonal'

const registry = createRegistry([core])
const build = (gain: number): Initializer => registry.build('initializer', orthogonal({ gain }))

test.each(golden.orthogonal)('$shape with gain $gain is what Keras makes of the same normals', (c) => {
  const stream: Stream = {
    ...createStreams(0).at(''),
    normal: (out) => {
      out.set(c.normals)
      return out
    },
  }
  expectGolden(build(c.gain)(c.shape, stream), c.values, { absolute: 2e-7, relative: 0 })
})

test('columns are orthonormal, or rows where there are fewer, times the gain', () => {
  const extents = fc.integer({ min: 1, max: 14 })
  fc.assert(
    fc.property(
      fc.maxSafeInteger(),
      extents,
      extents,
      fc.double({ min: 0.1, max: 3, noNaN: true }),
      (seed, rows, columns, gain) => {
        const q = build(gain)([rows, columns], createStreams(seed).at('w'))
        const count = Math.min(rows, columns)
        const length = Math.max(rows, columns)
        const at = (vector: number, k: number) =>
          q[rows < columns ? vector * columns + k : k * columns + vector]!
        for (let a = 0; a < count; a++)
          for (let b = 0; b < count; b++) {
            let dot = 0
            for (let k = 0; k < length; k++) dot += at(a, k) * at(b, k)
            expect(Math.abs(dot / gain ** 2 - (a === b ? 1 : 0))).toBeLessThan(1e-6)
          }
      },
    ),
  )
})

test('the axes before the last are taken together', () => {
  const at = () => createStreams(4).at('w')
  expect(build(1)([3, 3, 2, 4], at())).toEqual(build(1)([18, 4], at()))
})

test('directions are uniform: neither sign nor place is preferred', () => {
  const n = 20_000
  const sums = new Float64Array(4)
  for (let step = 0; step < n; step++) {
    const q = build(1)([2, 2], createStreams(9).at('w', step))
    for (let i = 0; i < 4; i++) sums[i]! += q[i]!
  }
  // Each entry is the cosine of a uniform angle: mean 0, variance ½.
  for (const sum of sums) expect(Math.abs(sum / n)).toBeLessThan(5 * Math.sqrt(0.5 / n))
})

test.each([[[5]], [[]]])('refuses the shape %j', (shape) => {
  expectError(() => build(1)(shape, createStreams(0).at('w')), {
    code: 'shape',
    message:
      /orthogonal initializer makes matrices and kernels\. Got shape \[5?\]; expected two axes or more\./,
  })
})
