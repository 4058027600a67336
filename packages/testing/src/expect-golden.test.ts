import '@tensorflow/tfjs-backend-cpu'
import * as tf from '@tensorflow/tfjs-core'
import { describe, expect, test } from 'vitest'
import { expectGolden } from './expect-golden'

const matrix = [
  [1, 2, 3],
  [4, 5, 6],
]

describe('expectGolden', () => {
  test('passes tensors, nested lists, flat arrays, numbers and { shape, data }', () => {
    expectGolden(tf.tensor(matrix), matrix)
    expectGolden(tf.tensor(matrix), { shape: [2, 3], data: [1, 2, 3, 4, 5, 6] })
    expectGolden(new Float32Array([1, 2, 3, 4, 5, 6]), matrix)
    expectGolden(matrix, matrix)
    expectGolden(tf.scalar(2), 2)
    expectGolden([], [])
  })

  test('names the worst place, what was got and what was expected', () => {
    const actual = tf.tensor([
      [1, 2.01, 3],
      [4, 5, 6.5],
    ])
    expect(() => expectGolden(actual, matrix)).toThrow(
      '2 of 6 values differ, worst at [1, 2]: got 6.5, expected 6, off by 5.00e-1 (allowed: relative 0.00001, absolute 0.000001)',
    )
  })

  test('allows what it is told to, relative and absolute', () => {
    expectGolden([100.5, 0.01], [100, 0], { relative: 0.006, absolute: 0.02 })
    expect(() => expectGolden([100.7, 0], [100, 0], { relative: 0.006, absolute: 0.02 })).toThrow(/at \[0\]/)
    expect(() => expectGolden([100, 0.03], [100, 0], { relative: 0.006, absolute: 0.02 })).toThrow(/at \[1\]/)
    expect(() => expectGolden([1], [1.00002])).toThrow(/1 of 1/)
  })

  test('NaN and infinity match only themselves', () => {
    expectGolden([Number.NaN, Number.POSITIVE_INFINITY], [Number.NaN, Number.POSITIVE_INFINITY])
    expect(() => expectGolden([Number.NaN, 1], [1, 1])).toThrow(/got NaN/)
    expect(() => expectGolden([1, 1], [1, Number.NaN])).toThrow(/expected NaN/)
    expect(() => expectGolden([1], [Number.POSITIVE_INFINITY])).toThrow(/expected Infinity/)
    expect(() => expectGolden([Number.NEGATIVE_INFINITY], [Number.POSITIVE_INFINITY])).toThrow(/differ/)
    expect(() => expectGolden([Number.POSITIVE_INFINITY], [1])).toThrow(/got Infinity/)
  })

  test('compares shapes', () => {
    expect(() => expectGolden(tf.ones([3, 2]), matrix)).toThrow(
      'the shape differs: got [3, 2], expected [2, 3]',
    )
    expect(() => expectGolden(tf.ones([6]), matrix)).toThrow(/shape differs/)
    expect(() => expectGolden(new Float32Array(5), matrix)).toThrow(/shape differs/)
    expect(() => expectGolden([1, 2], [[1], [1, 2]])).toThrow(/ragged/)
    expect(() => expectGolden([1, 2], [1, [2]])).toThrow(/ragged/)
  })
})
