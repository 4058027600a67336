import '@sandglass/core/gradients'
import '@tensorflow/tfjs-backend-cpu'
import '@tensorflow/tfjs-backend-wasm'
import { conformance, expectGolden, expectNoLeak, fill, gradientCheck } from '@sandglass/testing'
import * as tf from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, test } from 'vitest'
import { API_VERSION, definePlugin } from '../plugin'
import { createRegistry } from '../registry'
import type { Spec } from '../spec'
import golden from './activations.golden.json'
import { absOf, activations, clipOf, expOf, normalCdfOf } from './index'

const registry = createRegistry([
  definePlugin({ name: 'test', version: '0.0.0', apiVersion: API_VERSION, definitions: activations }),
])
const build = (spec: Spec) => registry.build('activation', spec)
const cases = golden.map((entry) => ({ ...entry, title: JSON.stringify(entry.spec) }))

type Fn = (x: tf.Tensor) => tf.Tensor

/** Gradient of f's sum, zeros where there is no path. */
function slope(f: Fn): Fn {
  return (x) => {
    const { grads } = tf.engine().gradients(() => tf.sum(f(x)) as tf.Scalar, [x], undefined, true)
    return (grads[0] as tf.Tensor | undefined) ?? tf.zerosLike(x)
  }
}

beforeAll(() => tf.setBackend('cpu'))

test('there is a golden for every activation', () => {
  expect(new Set(golden.map((entry) => entry.spec.type))).toEqual(new Set(activations.map((d) => d.type)))
})

test.each(cases)('$title says of itself what is so, and whether it is elementwise', ({ spec }) => {
  const { type, ...options } = spec
  const definition = activations.find((each) => each.type === type)!
  expect(conformance(definition, [{ options, smooth: false }])).toContain('traits')
  tf.tidy(() => {
    const { apply, elementwise } = build(spec)
    const values = fill(12, 2, -3, 3)
    const [row, column] = [apply(tf.tensor(values, [1, 12])), apply(tf.tensor(values, [12, 1]))]
    const apart = tf.max(tf.abs(tf.sub(row, tf.reshape(column, [1, 12])))).dataSync()[0]!
    expect(apart < 1e-6).toBe(elementwise === true)
  })
})

describe.each(cases)('$title', ({ spec, x, c, e, y, g, h, dense }) => {
  const { apply } = build(spec)

  test('equals Keras: value, first and second derivative, finite at ±100', () => {
    tf.tidy(() => {
      const first = slope((v) => tf.mul(c, apply(v)))
      const second = slope((v) => tf.mul(e, first(v)))
      // (x + √(x² + b)) / 2 cancels at −100 in float32, in Keras too.
      const tolerance = { absolute: spec.type === 'squareplus' ? 4e-6 : 1e-6 }
      expectGolden(apply(tf.tensor(x)), y, tolerance)
      expectGolden(first(tf.tensor(x)), g, tolerance)
      expectGolden(second(tf.tensor(x)), h, tolerance)
    })
  })

  // The very case in which tfjs's own sigmoid, tanh and elu are wrong without a word.
  test('a penalty on gradients has the right gradient', () => {
    tf.tidy(() => {
      const [input, kernel, bias] = [tf.tensor2d(dense.x), tf.tensor2d(dense.w), tf.tensor1d(dense.b)]
      const penalty = (w: tf.Tensor, b: tf.Tensor) => {
        const layer = (v: tf.Tensor) => tf.mul(dense.c, apply(tf.add(tf.matMul(v, w as tf.Tensor2D), b)))
        return tf.sum(tf.square(slope(layer)(input))) as tf.Scalar
      }
      const { value, grads } = tf
        .engine()
        .gradients(() => penalty(kernel, bias), [kernel, bias], undefined, true)
      const tolerance = { relative: 1e-5, absolute: 2e-5 }
      expectGolden(value, dense.penalty, tolerance)
      expectGolden(grads[0] ?? tf.zerosLike(kernel), dense.dw, tolerance)
      expectGolden(grads[1] ?? tf.zerosLike(bias), dense.db, tolerance)
    })
  })

  test('both derivatives agree with finite differences', () => {
    const inputs = [tf.clipByValue(tf.tensor(x), -8, 8)]
    gradientCheck(apply, inputs, { order: 2, step: 2 ** -6, relative: 5e-3 })
    tf.dispose(inputs)
  })

  test('leaves no tensors behind and does not change its input', () => {
    const input = tf.tensor(x)
    const before = input.dataSync().slice()
    expectNoLeak(() => tf.tidy(() => void apply(input)))
    expectNoLeak(() => tf.tidy(() => void slope(slope(apply))(input)))
    expect(input.dataSync()).toEqual(before)
    input.dispose()
  })
})

describe('on wasm', () => {
  beforeAll(async () => {
    await tf.setBackend('wasm')
    return async () => void (await tf.setBackend('cpu'))
  })

  test.each(cases)('$title has the same values and derivatives', ({ spec, x, c, e, y, g, h }) => {
    const { apply } = build(spec)
    tf.tidy(() => {
      const first = slope((v) => tf.mul(c, apply(v)))
      const second = slope((v) => tf.mul(e, first(v)))
      const tolerance = { absolute: 5e-6 }
      expectGolden(apply(tf.tensor(x)), y, tolerance)
      expectGolden(first(tf.tensor(x)), g, tolerance)
      expectGolden(second(tf.tensor(x)), h, tolerance)
    })
  })
})

test.each([
  ['elu', tf.elu],
  ['leakyRelu', tf.leakyRelu],
  ['logSoftmax', (x: tf.Tensor) => tf.logSoftmax(x)],
  ['relu', tf.relu],
  ['relu6', tf.relu6],
  ['selu', tf.selu],
  ['sigmoid', tf.sigmoid],
  ['softmax', (x: tf.Tensor) => tf.softmax(x)],
  ['softplus', tf.softplus],
  ['tanh', tf.tanh],
] as [string, Fn][])('%s and its gradient run at most twice the kernels of tfjs', async (type, theirs) => {
  const x = tf.tensor2d([[-1, 2, 0.5]])
  const kernels = async (f: Fn) => (await tf.profile(() => tf.tidy(() => void slope(f)(x)))).kernels.length
  expect(await kernels(build({ type }).apply)).toBeLessThanOrEqual(2 * (await kernels(theirs)))
  x.dispose()
})

describe('plain functions', () => {
  test('third derivatives are right as well', () => {
    tf.tidy(() => {
      const x = tf.tensor1d([-1.5, -0.2, 0.4, 2])
      for (const [f, exact] of [
        [expOf, (v: number) => Math.exp(v)],
        [build({ type: 'tanh' }).apply, (v: number) => (1 - Math.tanh(v) ** 2) * (6 * Math.tanh(v) ** 2 - 2)],
        [
          build({ type: 'softplus' }).apply,
          (v: number) => {
            const s = 1 / (1 + Math.exp(-v))
            return s * (1 - s) * (1 - 2 * s)
          },
        ],
        [normalCdfOf, (v: number) => ((v * v - 1) * Math.exp((-v * v) / 2)) / Math.sqrt(2 * Math.PI)],
      ] as const)
        expectGolden(slope(slope(slope(f)))(x), Array.from(x.dataSync(), exact), { absolute: 1e-5 })
    })
  })

  test('|x| has derivative 0 at 0', () => {
    expect(Array.from(slope(absOf)(tf.tensor1d([-2, 0, 3])).dataSync())).toEqual([-1, 0, 1])
  })

  test('a clipped value has a derivative up to its bounds and none outside', () => {
    const x = tf.tensor1d([-1.5, -1, -0.5, 0, 1.9, 2, 2.1])
    expect(Array.from(slope((v) => clipOf(v, -1, 2))(x).dataSync())).toEqual([0, 1, 1, 1, 1, 1, 0])
  })

  test('softmax, logSoftmax and sparsemax work along the last axis of any rank', () => {
    tf.tidy(() => {
      const x = tf.tensor(fill(24, 5, -3, 3), [2, 3, 4])
      for (const type of ['softmax', 'logSoftmax', 'sparsemax']) {
        const { apply } = build({ type })
        const rows = tf.reshape(apply(tf.reshape(x, [6, 4])), [2, 3, 4])
        expectGolden(apply(x), { shape: [2, 3, 4], data: rows.dataSync() })
        const total = type === 'logSoftmax' ? tf.logSumExp(apply(x), -1) : tf.sub(tf.sum(apply(x), -1), 1)
        expectGolden(total, { shape: [2, 3], data: new Float32Array(6) })
      }
    })
  })
})

test.each([
  [{ type: 'relu', maxValue: -1 }, /maxValue/],
  [{ type: 'leakyRelu', slope: 0.1 }, /unknown option "slope"/],
  [{ type: 'celu', alpha: 0 }, /alpha/],
  [{ type: 'threshold', threshold: 1 }, /defaultValue/],
])('%j is refused', (spec, message) => {
  expect(() => build(spec)).toThrow(message)
})
