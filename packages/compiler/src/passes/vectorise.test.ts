import { eluOf, seluOf } from '@sandglass/core'
import type * as tf from '@tensorflow/tfjs-core'
import { describe, expect, test } from 'vitest'
import type { Builder } from '../graph/builder'
import type { Value } from '../graph/graph'
import { graphOf, textAfter } from '../testing/graphs'
import { expectAgreement, runEagerly, runGraph, sample, withGradients } from '../testing/parity'
import { trace } from '../trace/trace'
import { optimise } from './index'
import { vectorise } from './vectorise'

const LARGE = [128, 128]
const SMALL = [16, 16]

const unary = (op: string, shape: readonly number[], attributes = {}) =>
  graphOf({ x: shape }, (build, { x }) => ({ y: build.emit(op, [x!], shape, attributes) }))

describe('activations', () => {
  test.each<[string, (x: tf.Tensor) => tf.Tensor]>([
    ['selu', seluOf],
    ['elu', eluOf],
  ])('%s and its derivative share one vectorised exponential, and keep their values', async (name, f) => {
    const inputs = { x: sample('x', LARGE) }
    const run = withGradients(f)
    const graph = optimise(trace(run, inputs))
    const ops = vectorise(graph).nodes.map(({ op }) => op)
    expect(ops.filter((op) => op === 'Exp')).toHaveLength(1)
    for (const slow of ['Selu', 'Elu', 'Where', 'Min', 'Max']) expect(ops).not.toContain(slow)
    const expected = await runEagerly(run, inputs)
    const got = await runGraph(trace(run, inputs), inputs)
    expectAgreement(got, expected, name === 'selu' ? 3e-6 : 1e-6)
  })

  test('of zero, of infinities and of small numbers', async () => {
    const x = new Float32Array(128 * 128)
    x.set([0, -0, Infinity, -Infinity, 1e-6, -1e-6, 100, -100])
    const { y } = await runGraph(unary('Selu', LARGE), { x: { data: x } })
    const [zero, minus, high, low, up, down, far, deep] = y!.data as Float32Array
    expect([Math.abs(zero!), Math.abs(minus!)]).toEqual([0, 0])
    expect(high).toBe(Infinity)
    expect(low).toBeCloseTo(-1.7580993, 6)
    expect(up! / 1e-6).toBeCloseTo(1.0507, 4)
    expect(Math.abs(down! + 1.758e-6)).toBeLessThan(2e-7)
    expect(far).toBeCloseTo(105.07, 2)
    expect(deep).toBeCloseTo(-1.7580993, 6)
  })

  test('of few elements stay what they are', () => {
    expect(textAfter(vectorise, unary('Selu', SMALL))).toContain('Selu(x)')
  })
})

describe('choices', () => {
  const choice = (above: number, below: number, shape: readonly number[] = LARGE) =>
    graphOf({ x: shape }, (build, { x }) => ({ y: chosen(build, x!, above, below) }))

  function chosen(build: Builder, x: Value, above: number, below: number): Value {
    const positive = build.emit('Greater', [x, build.scalar(0)], x.shape, {}, 'bool')
    return build.emit('Where', [positive, build.scalar(above), build.scalar(below)], x.shape, {}, 'float32')
  }

  test('between numbers are a mask, scaled', async () => {
    const x = sample('x', LARGE).data as Float32Array
    for (const [above, below] of [
      [1, 0],
      [0.25, 0],
      [1, 0.5],
    ] as const) {
      const graph = choice(above, below)
      expect(vectorise(graph).nodes.map(({ op }) => op)).not.toContain('Where')
      const { y } = await runGraph(graph, { x: { data: x } })
      expect(y!.data).toEqual(Float32Array.from(x, (value) => (value > 0 ? above : below)))
    }
  })

  test('that would lose a digit, or are few, stay', () => {
    expect(textAfter(vectorise, choice(1, 1e8))).toContain('Where')
    expect(textAfter(vectorise, choice(1, 0, SMALL))).toContain('Where')
  })

  test('a number as a bound clips', async () => {
    const graph = graphOf({ x: LARGE }, (build, { x }) => ({
      low: build.emit('Max', [x!, build.scalar(-0.5)], LARGE),
      high: build.emit('Min', [x!, build.scalar(0.5)], LARGE),
    }))
    expect(vectorise(graph).nodes.map(({ op }) => op)).toEqual(['Clip', 'Clip'])
    const x = sample('x', LARGE).data as Float32Array
    const { low, high } = await runGraph(graph, { x: { data: x } })
    expect(low!.data).toEqual(x.map((value) => Math.max(value, -0.5)))
    expect(high!.data).toEqual(x.map((value) => Math.min(value, 0.5)))
  })
})

describe('sums down columns', () => {
  test('are a product with ones, means with their share', async () => {
    const shape = [3, 5, 7]
    const graph = graphOf({ x: shape }, (build, { x }) => ({
      sum: build.emit('ReduceSum', [x!, build.ints([0, 1])], [7], { keepdims: 0 }),
      mean: build.emit('ReduceMean', [x!, build.ints([1, 0])], [1, 1, 7], { keepdims: 1 }),
      rows: build.emit('ReduceSum', [x!, build.ints([2])], [3, 5], { keepdims: 0 }),
    }))
    expect(vectorise(graph).nodes.map(({ op }) => op)).toEqual([
      ...['Reshape', 'MatMul', 'Reshape'],
      ...['Reshape', 'MatMul', 'Reshape'],
      'ReduceSum',
    ])
    const x = sample('x', shape).data as Float32Array
    const { sum, mean } = await runGraph(graph, { x: { data: x } })
    for (let c = 0; c < 7; c++) {
      let expected = 0
      for (let row = 0; row < 15; row++) expected += x[row * 7 + c]!
      expect(sum!.data[c]).toBeCloseTo(expected, 5)
      expect(mean!.data[c]).toBeCloseTo(expected / 15, 6)
    }
  })
})
