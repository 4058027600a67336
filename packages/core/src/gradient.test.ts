import '@sandglass/core/gradients'
import '@tensorflow/tfjs-backend-cpu'
import { expectError, expectGolden, expectNoLeak, failing } from '@sandglass/testing'
import * as tf from '@tensorflow/tfjs-core'
import { describe, expect, test } from 'vitest'
import { differentiate } from './gradient'

const tensors = () => ({ a: tf.tensor1d([1, 2]), b: tf.scalar(3) })

describe('differentiate', () => {
  test('gives value, gradients and what else was computed on the way', () => {
    const { a, b } = tensors()
    expectNoLeak(() =>
      tf.tidy(() => {
        const { value, gradients, extra } = differentiate(
          (x) => {
            const square = tf.square(x.a!)
            return { value: tf.sum(tf.mul(square, x.b!)) as tf.Scalar, extra: { square } }
          },
          { a, b },
        )
        expectGolden(value, 15)
        expectGolden(gradients.a!, [6, 12])
        expectGolden(gradients.b!, 5)
        expectGolden(extra.square, [1, 4])
      }),
    )
  })

  test('names a weight that the value does not depend on', () => {
    const { a, b } = tensors()
    const f = () =>
      tf.tidy(() => {
        differentiate((x) => ({ value: tf.sum(x.a!) as tf.Scalar, extra: {} }), { a, b })
      })
    expectError(() => expectNoLeak(f), {
      code: 'spec',
      message:
        /^the objective does not depend on "b"\. Expected every weight that an objective trains to affect its loss\.$/,
    })
  })

  test('leaks nothing when its function throws, or any kernel forwards or backwards', () => {
    const { a, b } = tensors()
    const run = (error?: Error) => () =>
      tf.tidy(() => {
        differentiate(
          (x) => {
            const product = tf.mul(tf.softplus(x.a!), x.b!)
            const value = tf.sum(tf.square(product)) as tf.Scalar
            if (error) throw error
            return { value, extra: { product } }
          },
          { a, b },
        )
      })
    expectError(() => expectNoLeak(run(new Error('mine'))), { message: /^mine$/ })
    const before = tf.memory().numTensors
    let kernels = 0
    while (failing(kernels, run())) {
      expect(tf.memory().numTensors).toBe(before)
      kernels++
    }
    expect(kernels).toBeGreaterThan(8)
    expectNoLeak(run())
  })

  test('takes the repaired gradients, whatever was registered since', () => {
    const theirs = () => {
      throw new Error("tfjs's own")
    }
    tf.registerGradient({ kernelName: 'SplitV', gradFunc: theirs })
    const a = tf.tensor2d([[1, 2]])
    tf.tidy(() => {
      const { gradients } = differentiate(
        (x) => ({ value: tf.sum(tf.square(tf.split(x.a!, 1, 1)[0]!)) as tf.Scalar, extra: {} }),
        { a },
      )
      expectGolden(gradients.a!, [[2, 4]])
    })
  })

  test('can be nested', () => {
    const { a } = tensors()
    tf.tidy(() => {
      const outer = differentiate(
        (x) => {
          const inner = differentiate((y) => ({ value: tf.sum(tf.pow(y.a!, 3)) as tf.Scalar, extra: {} }), x)
          return { value: tf.sum(inner.gradients.a!) as tf.Scalar, extra: {} }
        },
        { a },
      )
      expectGolden(outer.gradients.a!, [6, 12])
    })
  })
})
