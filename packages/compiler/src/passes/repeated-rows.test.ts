import '@sandglass/core/gradients'
import { differentiate, type TensorRecord } from '@sandglass/core'
import * as tf from '@tensorflow/tfjs-core'
import { describe, expect, test } from 'vitest'
import type { Builder } from '../graph/builder'
import type { Value } from '../graph/graph'
import { graphOf, textAfter } from '../testing/graphs'
import { expectAgreement, runCompiled, runEagerly, sample } from '../testing/parity'
import { reshaped, transposed } from '../trace/kernels/shape'
import { trace } from '../trace/trace'
import { optimise } from './index'
import { computeRowsOnce } from './repeated-rows'

const repeated = (build: Builder, x: Value, times = 4) =>
  build.emit(
    'Tile',
    [x, build.ints([times, ...x.shape.slice(1).map(() => 1)])],
    [times * x.shape[0]!, ...x.shape.slice(1)],
  )
const shapes = { x: [3, 2, 5], m: [10, 6], b: [6], y: [12, 10], z: [12, 6] }
const graph = (write: (build: Builder, inputs: Record<string, Value>) => Value) =>
  graphOf(shapes, (build, inputs) => ({ out: write(build, inputs) }))

describe('of rows that come several times over', () => {
  test('a layer is computed once', () => {
    const layer = graph((build, { x, m, b }) => {
      const rows = reshaped(build, repeated(build, x!), [12, 10])
      const sum = build.emit('Add', [build.emit('MatMul', [rows, m!], [12, 6]), b!], [12, 6])
      return build.emit('Tanh', [sum], [12, 6])
    })
    const { nodes } = computeRowsOnce(layer)
    const last = nodes.at(-1)!
    expect([last.op, last.inputs[0]!.shape]).toEqual(['Tile', [3, 6]])
    const tanh = nodes.find(({ op }) => op === 'Tanh')!
    expect(tanh.outputs[0]!.shape).toEqual([3, 6])
  })

  test('products with others take the sum of the others', () => {
    const text = textAfter(
      computeRowsOnce,
      graph((build, { x, y }) => {
        const rows = repeated(build, reshaped(build, x!, [3, 10]))
        return build.emit('MatMul', [transposed(build, rows, [1, 0]), y!], [10, 10])
      }),
    )
    expect(text).toContain('%8:[4,3,10] = Reshape(y, {4 3 10})\n%9:[3,10] = ReduceSum(%8, {0}, keepdims=0)')
  })

  test.each<[string, (build: Builder, inputs: Record<string, Value>) => Value]>([
    [
      'meet rows of their own',
      (b, { x, y }) => b.emit('Mul', [repeated(b, reshaped(b, x!, [3, 10])), y!], [12, 10]),
    ],
    ['are joined to longer ones', (b, { x }) => reshaped(b, repeated(b, x!), [6, 20])],
    [
      'are repeated along another axis',
      (b, { z }) => b.emit('Relu', [b.emit('Tile', [z!, b.ints([2, 2])], [24, 12])], [24, 12]),
    ],
    ['come once', (b, { x }) => b.emit('Relu', [repeated(b, x!, 1)], [3, 2, 5])],
    [
      'stand on the right of a product',
      (b, { y, z }) => b.emit('MatMul', [transposed(b, y!, [1, 0]), repeated(b, z!, 1)], [10, 6]),
    ],
  ])('nothing changes when they %s', (_, write) => {
    const given = graph(write)
    expect(computeRowsOnce(given)).toBe(given)
  })
})

test('an exact Jacobian by copies of the batch keeps value and gradients, and takes no wide product', async () => {
  const sumOf = (value: tf.Tensor) => ({ value: tf.sum(value) as tf.Scalar, extra: {} })
  const f = ({ x, ...weights }: TensorRecord): TensorRecord => {
    const { value, gradients } = differentiate(({ w, v }) => {
      const encode = (rows: tf.Tensor) =>
        tf.sigmoid(tf.matMul(tf.tanh(tf.matMul(rows as tf.Tensor2D, w as tf.Tensor2D)), v as tf.Tensor2D))
      const each = tf.reshape(tf.eye(3), [3, 1, 3])
      const pulled = differentiate(({ rows }) => sumOf(tf.mul(tf.reshape(encode(rows!), [3, 5, 3]), each)), {
        rows: tf.tile(x!, [3, 1]),
      })
      return sumOf(tf.square(pulled.gradients.rows!))
    }, weights)
    return { value, dw: gradients.w!, dv: gradients.v! }
  }
  const inputs = { x: sample('x', [5, 40]), w: sample('w', [40, 4]), v: sample('v', [4, 3]) }
  const { nodes } = optimise(trace(f, inputs))
  const wide = nodes.filter(({ outputs }) => `${outputs[0]!.shape}` === '15,40')
  expect(wide.map(({ op }) => op)).toEqual([])
  expectAgreement(await runCompiled(f, inputs), await runEagerly(f, inputs))
})
