import '@tensorflow/tfjs-backend-cpu'
import { expectGolden } from '@sandglass/testing'
import * as tf from '@tensorflow/tfjs-core'
import { expect, test } from 'vitest'
import { penalties } from './penalties'
import type { WeightDeclaration } from './weight'

const regularised = (factor: number): WeightDeclaration => ({
  shape: [2],
  initializer: () => new Float32Array(2),
  regularizer: (x) => tf.mul(factor, tf.sum(tf.square(x))) as tf.Scalar,
})

test('sums the regularizers of the named weights only', () => {
  tf.tidy(() => {
    const declarations = {
      a: regularised(1),
      b: regularised(10),
      c: regularised(100),
      d: { ...regularised(1), regularizer: undefined },
    }
    const weights = {
      a: tf.tensor1d([1, 2]),
      b: tf.tensor1d([1, 1]),
      c: tf.tensor1d([9, 9]),
      d: tf.tensor1d([9, 9]),
    }
    expectGolden(penalties(declarations, ['a', 'b', 'd'], weights).regularization!, 5 + 20)
    expect(penalties(declarations, ['d'], weights)).toEqual({})
    expect(penalties(declarations, [], weights)).toEqual({})
  })
})
