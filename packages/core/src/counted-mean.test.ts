import '@sandglass/core/gradients'
import '@tensorflow/tfjs-backend-cpu'
import { expectGolden, expectNoLeak, gradientCheck } from '@sandglass/testing'
import * as tf from '@tensorflow/tfjs-core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { countedMean } from './counted-mean'
import { binaryCrossentropy, meanSquaredError } from './losses/index'
import { core } from './plugin-core'
import { createRegistry } from './registry'

const registry = createRegistry([core])
const squares = registry.build('loss', meanSquaredError())
const entropies = registry.build('loss', binaryCrossentropy())
const uniform = (shape: number[], seed: number) => tf.randomUniform(shape, 0.1, 0.9, 'float32', seed)
const value = (t: tf.Tensor) => t.dataSync()[0]!

test('without a mask it is the mean over samples', () => {
  tf.tidy(() => {
    const comparison = { target: uniform([3, 4, 2], 1), output: uniform([3, 4, 2], 2) }
    expectGolden(countedMean(squares, comparison), value(tf.mean(squares(comparison))))
  })
})

test('with a mask it is the mean over the steps that count, of long and short sequences alike', () => {
  const target = [
    [[1], [2], [9]],
    [[3], [9], [9]],
  ]
  const mask = [
    [1, 1, 0],
    [1, 0, 0],
  ]
  expectNoLeak(() =>
    tf.tidy(() => {
      const comparison = { target: tf.tensor3d(target), output: tf.zeros([2, 3, 1]), mask: tf.tensor2d(mask) }
      expectGolden(countedMean(squares, comparison), (1 + 4 + 9) / 3)
      expectGolden(countedMean(squares, { ...comparison, mask: tf.tensor2d(mask, [2, 3], 'bool') }), 14 / 3)
      expectGolden(countedMean(squares, { ...comparison, mask: tf.zeros([2, 3]) }), 0)
    }),
  )
})

test('logits are counted as their outputs are', () => {
  tf.tidy(() => {
    const z = tf.randomUniform([3, 4, 2], -2, 2, 'float32', 1)
    const mask = tf.cast(tf.greater(uniform([3, 4], 3), 0.5), 'float32')
    const plain = { target: uniform([3, 4, 2], 2), output: tf.sigmoid(z), mask }
    const stable = { ...plain, logits: { value: z, link: 'sigmoid' as const } }
    expectGolden(countedMean(entropies, stable), value(countedMean(entropies, plain)))
    gradientCheck((x) => countedMean(entropies, { ...stable, logits: { value: x, link: 'sigmoid' } }), [z])
  })
})

test('a mask may be of single entries', () => {
  tf.tidy(() => {
    const [target, output] = [uniform([3, 4], 1), uniform([3, 4], 2)]
    const mask = tf.tensor2d([1, 0, 0, 1, 1, 0, 1, 1, 0, 0, 0, 0], [3, 4])
    const counted = tf.sum(tf.mul(mask, tf.squaredDifference(target, output)))
    expectGolden(countedMean(squares, { target, output, mask }), value(counted) / 5)
  })
})

test('what the target holds where the mask is 0 has no influence, however large', () => {
  const numbers = fc.array(fc.float({ noNaN: true, noDefaultInfinity: true }), {
    minLength: 24,
    maxLength: 24,
  })
  const flags = fc.array(fc.constantFrom(0, 1), { minLength: 12, maxLength: 12 })
  fc.assert(
    fc.property(numbers, flags, (padding, mask) =>
      tf.tidy(() => {
        const target = uniform([3, 4, 2], 1)
        const kept = tf.tensor(mask, [3, 4, 1])
        const other = tf.add(tf.mul(target, kept), tf.mul(tf.tensor(padding, [3, 4, 2]), tf.sub(1, kept)))
        const of = (t: tf.Tensor) =>
          value(
            countedMean(squares, { target: t, output: uniform([3, 4, 2], 2), mask: tf.tensor(mask, [3, 4]) }),
          )
        expect(of(other)).toBe(of(target))
      }),
    ),
    { numRuns: 100 },
  )
})
