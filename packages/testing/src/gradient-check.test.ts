import '@sandglass/core/gradients'
import '@tensorflow/tfjs-backend-cpu'
import * as tf from '@tensorflow/tfjs-core'
import { describe, expect, test } from 'vitest'
import { fill } from './fill'
import { gradientCheck } from './gradient-check'

const x = () => tf.tensor(fill(12, 1, -1.5, 1.5), [4, 3])
const w = () => tf.tensor(fill(6, 2), [3, 2])

describe('gradientCheck', () => {
  test('passes right derivatives of both orders, in every input', () => {
    const report = gradientCheck((a, b) => tf.sum(tf.square(tf.matMul(a as never, b as never))), [x(), w()], {
      order: 2,
    })
    expect(report.checked).toBe(2 * (12 + 6))
    expect(report.worst).toBeLessThan(1)
  })

  test('takes an output of any shape, and functions without a gradient', () => {
    expect(gradientCheck((a) => tf.softplus(a), [x()], { order: 2 }).checked).toBe(24)
    expect(gradientCheck((a) => tf.mul(a, 3), [x()], { order: 2 }).checked).toBe(24)
    expect(gradientCheck(() => tf.scalar(2), [x()]).checked).toBe(12)
  })

  test.each([0.99, 0.995, 1.005, 1.01])('catches a gradient off by the factor %f', (factor) => {
    const wrong = tf.customGrad((a) => ({
      value: tf.square(a as tf.Tensor),
      gradFunc: (dy: tf.Tensor) => tf.mul(dy, tf.mul(2 * factor, a as tf.Tensor)),
    }))
    expect(() => gradientCheck((a) => wrong(a), [x()])).toThrow(
      /^wrong gradient: input 0, element \d+: got \S+, central differences say \S+ \(allowed error/,
    )
  })

  test('catches one wrong element among many', () => {
    const mask = tf.tensor(
      fill(12, 0).map((_, i) => (i === 7 ? 1.01 : 1)),
      [4, 3],
    )
    const wrong = tf.customGrad((a) => ({
      value: tf.exp(a as tf.Tensor),
      gradFunc: (dy: tf.Tensor) => tf.mul(dy, tf.mul(mask, tf.exp(a as tf.Tensor))),
    }))
    expect(() => gradientCheck((a) => wrong(a), [x()])).toThrow(/element 7/)
  })

  test("catches tfjs's second derivatives of tanh, sigmoid and softmax, whose first are right", () => {
    for (const f of [tf.tanh, tf.sigmoid, (a: tf.Tensor) => tf.softmax(a)]) {
      expect(() => gradientCheck((a) => f(a), [x()])).not.toThrow()
      expect(() => gradientCheck((a) => f(a), [x()], { order: 2 })).toThrow(/^(wrong|no) second derivative/)
    }
  })

  test('catches a derivative that goes missing', () => {
    const detached = tf.customGrad((a) => ({
      value: tf.square(a as tf.Tensor),
      gradFunc: (dy: tf.Tensor) => tf.zerosLike(dy),
    }))
    expect(() => gradientCheck((a) => detached(a), [x()])).toThrow(/^wrong gradient: .*got 0/)
  })

  test('says so when tfjs cannot differentiate at all', () => {
    expect(() => gradientCheck((a) => tf.selu(a), [x()], { order: 2 })).toThrow(
      /^no second derivative: .*Greater/,
    )
  })

  test('catches NaN', () => {
    expect(() => gradientCheck((a) => tf.log(a), [tf.tensor1d([-1, 1])])).toThrow(/NaN/)
  })

  test('checks evenly spread elements of large inputs', () => {
    const report = gradientCheck((a) => tf.mean(tf.square(a)), [tf.ones([1000])], { samples: 10 })
    expect(report.checked).toBe(10)
  })

  test('is fine enough for small gradients of large sums', () => {
    const offset = tf.scalar(100)
    expect(() =>
      gradientCheck((a) => tf.add(tf.mean(tf.square(a)), offset), [x()], { absolute: 1e-7 }),
    ).toThrow(/wrong gradient/)
    expect(() => gradientCheck((a) => tf.add(tf.mean(tf.square(a)), offset), [x()])).not.toThrow()
  })

  test('leaves no tensors behind', () => {
    const inputs = [x(), w()]
    const before = tf.memory().numTensors
    gradientCheck((a, b) => tf.square(tf.matMul(a as never, b as never)), inputs, { order: 2 })
    expect(tf.memory().numTensors).toBe(before)
  })
})
