import { describe, expect, test } from 'vitest'
import { core } from '../plugin-core'
import { createStreams, type Stream } from '../random/streams'
import { createRegistry } from '../registry'
import { sizeOf } from '../shape'
import { initializers } from './index'
import golden from './initializers.golden.json'

const registry = createRegistry([core])
const build = (spec: unknown) => registry.build('initializer', spec)
const streamOf = (seed: number) => createStreams(seed).at('weights/encoder/1/kernel')

/** What an initializer asks of its stream. */
function asked(spec: unknown, shape: number[]): Record<string, unknown> {
  let request: Record<string, unknown> = {}
  const stream: Stream = {
    ...streamOf(0),
    uniform: (out, low, high) => {
      request = { distribution: 'uniform', low, high, size: out.length }
      return out
    },
    normal: (out, mean, deviation) => {
      request = { distribution: 'normal', mean, deviation, size: out.length }
      return out
    },
    truncatedNormal: (out, mean, deviation) => {
      request = { distribution: 'truncatedNormal', mean, deviation, size: out.length }
      return out
    },
  }
  build(spec)(shape, stream)
  return request
}

test.each(golden.draws)('$spec.type $spec.mode $spec.distribution of $shape draws what Keras draws', (c) => {
  const got = asked(c.spec, c.shape)
  expect(got.distribution).toBe(c.distribution)
  expect(got.size).toBe(sizeOf(c.shape))
  for (const parameter of ['low', 'high', 'mean', 'deviation'] as const)
    if (c[parameter] !== undefined) expect(got[parameter]).toBeCloseTo(c[parameter], 14)
})

test.each([
  [{ type: 'zeros' }, golden.fixed.zeros],
  [{ type: 'ones' }, golden.fixed.ones],
  [{ type: 'constant', value: 0.3 }, golden.fixed.constant],
  [{ type: 'identity', gain: 2.5 }, golden.fixed.identity],
  [{ type: 'constant' }, golden.fixed.zeros],
])('%j is as in Keras', (spec, values) => {
  expect(build(spec)([2, 3], streamOf(0))).toEqual(Float32Array.from(values))
})

describe('of a [200, 300] kernel', () => {
  const SIZE = 60_000
  // Variance, and the largest magnitude possible; Keras widens truncated normals to keep the variance.
  const cut = (variance: number) => (2 * Math.sqrt(variance)) / 0.8796256610342398
  const TRUNCATED = 0.8796256610342398 ** 2
  const cases: [string | object, variance: number, limit: number][] = [
    ['glorotUniform', 2 / 500, Math.sqrt(6 / 500)],
    ['glorotNormal', 2 / 500, cut(2 / 500)],
    ['heUniform', 2 / 200, Math.sqrt(6 / 200)],
    ['heNormal', 2 / 200, cut(2 / 200)],
    ['lecunUniform', 1 / 200, Math.sqrt(3 / 200)],
    ['lecunNormal', 1 / 200, cut(1 / 200)],
    [{ type: 'varianceScaling', scale: 3, mode: 'fanOut' }, 3 / 300, cut(3 / 300)],
    [{ type: 'varianceScaling', distribution: 'untruncatedNormal' }, 1 / 200, Number.POSITIVE_INFINITY],
    ['randomUniform', 0.1 ** 2 / 12, 0.05],
    ['randomNormal', 0.05 ** 2, Number.POSITIVE_INFINITY],
    ['truncatedNormal', 0.05 ** 2 * TRUNCATED, 0.1],
  ]

  test.each(cases)('%j has mean 0, its variance and its limits', (spec, variance, limit) => {
    const values = build(spec)([200, 300], streamOf(1))
    const mean = values.reduce((sum, x) => sum + x, 0) / SIZE
    const second = values.reduce((sum, x) => sum + x * x, 0) / SIZE
    const most = values.reduce((largest, x) => Math.max(largest, Math.abs(x)), 0)
    expect(Math.abs(mean)).toBeLessThan(5 * Math.sqrt(variance / SIZE))
    // The variance of a normal's square is the largest of these: 2σ⁴.
    expect(Math.abs(second / variance - 1)).toBeLessThan(5 * Math.sqrt(2 / SIZE))
    expect(most).toBeLessThanOrEqual(Math.fround(limit))
    if (Number.isFinite(limit)) expect(most).toBeGreaterThan(0.99 * limit)
    else expect(most).toBeGreaterThan(3.5 * Math.sqrt(variance))
  })

  test('mean, min and max move the middle', () => {
    const mean = (spec: unknown) => build(spec)([200, 300], streamOf(2)).reduce((sum, x) => sum + x, 0) / SIZE
    expect(mean({ type: 'randomNormal', mean: 3 })).toBeCloseTo(3, 2)
    expect(mean({ type: 'truncatedNormal', mean: -2 })).toBeCloseTo(-2, 2)
    expect(mean({ type: 'randomUniform', min: 1, max: 2 })).toBeCloseTo(1.5, 2)
  })
})

describe.each(initializers.map((d) => d.type))('%s', (type) => {
  const constant = ['zeros', 'ones', 'constant', 'identity'].includes(type)

  test('depends on its stream alone', () => {
    const values = build(type)([6, 5], streamOf(3))
    expect(values).toHaveLength(30)
    expect(build(type)([6, 5], streamOf(3))).toEqual(values)
    const other = build(type)([6, 5], streamOf(4))
    if (constant) expect(other).toEqual(values)
    else expect(other).not.toEqual(values)
  })
})

test.each([
  [{ type: 'varianceScaling', scale: 0 }, /varianceScaling.*scale/],
  [{ type: 'varianceScaling', mode: 'fan_in' }, /varianceScaling.*mode/],
  [{ type: 'randomUniform', min: 1, max: 0 }, /min must not be above max/],
  [{ type: 'randomNormal', stddev: -1 }, /randomNormal.*stddev/],
  [{ type: 'truncatedNormal', stdev: 1 }, /unknown option "stdev", did you mean "stddev"\?/],
  [{ type: 'constant', value: Number.NaN }, /constant.*value/],
  [{ type: 'glorotuniform' }, /Did you mean "glorotUniform"\?/],
])('%j is refused', (spec, message) => {
  expect(() => build(spec)).toThrow(message)
})
