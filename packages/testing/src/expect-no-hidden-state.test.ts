import '@tensorflow/tfjs-backend-cpu'
import { registerMissingGradients, type TensorRecord } from '@sandglass/core'
import '@sandglass/core/gradients'
import * as tf from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, test } from 'vitest'
import { expectNoHiddenState } from './expect-no-hidden-state'

beforeAll(async () => {
  await tf.setBackend('cpu')
  registerMissingGradients()
})

const inputs = (): [TensorRecord, TensorRecord] => [
  { x: tf.tensor1d([1, 2]), beta: tf.scalar(0), unread: tf.scalar(1) },
  { x: tf.tensor1d([3, 4]), beta: tf.scalar(0.5), unread: tf.scalar(1) },
]

function check(f: (inputs: TensorRecord) => unknown, change?: () => void): ReadonlySet<string> {
  const pair = inputs()
  const { numTensors } = tf.memory()
  try {
    return expectNoHiddenState(f, pair, { change })
  } finally {
    expect(tf.memory().numTensors).toBe(numTensors)
    for (const record of pair) for (const tensor of Object.values(record)) tensor.dispose()
  }
}

test('maths of its inputs alone passes, gradients and constants included, and says what it reads', () => {
  const f = ({ x, beta }: TensorRecord) => {
    const loss = (w: tf.Tensor) => tf.sum(tf.mul(tf.add(tf.square(w), [0.25, 0.5]), beta!)) as tf.Scalar
    return tf.grad(loss)(x!)
  }
  expect([...check(f)].sort()).toEqual(['beta', 'x'])
})

describe('finds', () => {
  test('a variable of a closure, and what it was', () => {
    let beta = 0
    const f = ({ x }: TensorRecord) => tf.mul(tf.sum(x!), beta)
    check(f)
    expect(() =>
      check(f, () => {
        beta = 0.5
      }),
    ).toThrow(/^hidden state: operation 1, Multiply, was given 0 in the first call and 0\.5 in the second$/)
  })

  test('a count of calls', () => {
    let calls = 0
    expect(() => check(({ x }) => tf.pow(x!, calls++))).toThrow(/Pow, was given 0 .* and 1 in the second/)
  })

  test('clock and dice', () => {
    const found: ((x: tf.Tensor) => tf.Tensor)[] = [
      (x) => tf.mul(x, Date.now()),
      (x) => tf.mul(x, new Date().getDate()),
      (x) => tf.mul(x, performance.now()),
      (x) => tf.mul(x, Math.random()),
      (x) => tf.add(x, tf.randomNormal([2])),
    ]
    for (const f of found) expect(() => check(({ x }) => f(x!))).toThrow(/^hidden state: operation 0, /)
    const [real, random] = [Date, Math.random]
    expect(() => check(({ x }) => tf.mul(x!, Date.now()))).toThrow()
    expect([Date, Math.random]).toEqual([real, random])
    expect(new Date(0).getTime()).toBe(0)
  })

  test('inputs that are read and become constants or choices', () => {
    expect(() => check(({ x, beta }) => tf.mul(x!, beta!.dataSync()[0]!))).toThrow(
      /Multiply, was given 0 in the first call and 0\.5 in the second/,
    )
    expect(() => check(({ x, beta }) => (beta!.dataSync()[0] ? tf.exp(x!) : tf.relu(x!)))).toThrow(
      /operation 0 is Relu in the first call and Exp in the second/,
    )
    expect(() => check(({ x, beta }) => (beta!.dataSync()[0] ? tf.exp(tf.relu(x!)) : tf.relu(x!)))).toThrow(
      /the second call does more, from operation 1, Exp, on/,
    )
  })

  test('attributes', () => {
    let size = 1
    expect(() => check(({ x }) => tf.tile(x!, [size++]))).toThrow(/Tile, was given \{"reps":\[1\]\} .*\[2\]/)
  })
})
