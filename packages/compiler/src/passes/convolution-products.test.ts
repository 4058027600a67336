import type { TensorRecord } from '@sandglass/core'
import * as tf from '@tensorflow/tfjs-core'
import { expect, test } from 'vitest'
import type { Builder } from '../graph/builder'
import type { Graph, Value } from '../graph/graph'
import { graphOf, operatorsAfter, textAfter } from '../testing/graphs'
import { expectAgreement, runCompiled, runEagerly, sample, withGradients } from '../testing/parity'
import { columns, taps, type Windows } from '../trace/kernels/columns'
import { trace } from '../trace/trace'
import { multiplyConvolutions } from './convolution-products'
import { optimise } from './index'

const windows: Windows = {
  count: [4, 4],
  size: [3, 3],
  strides: [1, 1],
  dilations: [1, 1],
  pads: [1, 1, 1, 1],
}
const { count: _, size: __, ...geometry } = { ...windows, group: 1 }

/** A convolution of 2 channels, and columns of the same image. */
function withColumns(of: Windows, image: (build: Builder, x: Value) => Value, attributes = {}): Graph {
  return graphOf({ x: [2, 2, 4, 4], k: [3, 2, 3, 3], b: [3] }, (build, { x, k, b }) => ({
    y: build.emit('Conv', [x!, k!, b!], [2, 3, 4, 4], { ...geometry, ...attributes } as never),
    c: columns(build, image(build, x!), of),
  }))
}

const turned = (build: Builder, x: Value) =>
  build.emit('Transpose', [x], [2, 4, 4, 2], { perm: [0, 2, 3, 1] })

test('a convolution takes columns that are needed anyway', () => {
  expect(textAfter(multiplyConvolutions, withColumns(windows, turned))).toBe(
    [
      '%3:[2,4,4,2] = Transpose(x, perm=[0,2,3,1])',
      '%4:[32,18] = Columns(%3, count=[4,4], size=[3,3], strides=[1,1], dilations=[1,1], pads=[1,1,1,1], reversed=0, flipped=0)',
      '%5:[3,3,2,3] = Transpose(k, perm=[2,3,1,0])',
      '%6:[18,3] = Reshape(%5, {18 3})',
      '%7:[32,3] = MatMul(%4, %6)',
      '%8:[32,3] = Add(%7, b)',
      '%9:[2,4,4,3] = Reshape(%8, {2 4 4 3})',
      '%10:[2,3,4,4] = Transpose(%9, perm=[0,3,1,2])',
      '%11:[2,4,4,2] = Transpose(x, perm=[0,2,3,1])',
      'y <- %10',
      'c <- %4',
    ].join('\n'),
  )
})

test('columns of other windows or of another image do not make it one', () => {
  const others = [
    withColumns({ ...windows, dilations: [2, 2], pads: [2, 2, 2, 2] }, turned),
    withColumns(windows, (build, x) => build.emit('Reshape', [x, build.ints([2, 4, 4, 2])], [2, 4, 4, 2])),
    withColumns(windows, turned, { group: 2 }),
  ]
  for (const graph of others)
    expect(operatorsAfter(multiplyConvolutions, graph).slice(0, 1)).toEqual(['Conv'])
})

/** A lone convolution. */
function alone(op: string, channels: [number, number], size: number, strides = 1, constant = false): Graph {
  const [into, out] = channels
  const extent = (size - 1) / 2
  const attributes = { ...geometry, strides: [strides, strides], pads: Array(4).fill(extent) }
  const shape = op === 'Conv' ? [out, into, size, size] : [into, out, size, size]
  return graphOf({ x: [2, into, 4, 4], k: shape }, (build, { x, k }) => ({
    y: build.emit(op, [x!, constant ? build.constant([1], shape) : k!], [2, out, 4, 4], attributes as never),
  }))
}

test('columns for one convolution alone pay from 512 pairs of channels on, or when they cost nothing', () => {
  const isProduct = (graph: Graph) => operatorsAfter(multiplyConvolutions, graph).includes('MatMul')
  expect(isProduct(alone('Conv', [16, 31], 3))).toBe(false)
  expect(isProduct(alone('Conv', [16, 32], 3))).toBe(true)
  expect(isProduct(alone('Conv', [2, 3], 1))).toBe(true)
  expect(isProduct(alone('ConvTranspose', [16, 32], 3))).toBe(true)
  expect(isProduct(alone('ConvTranspose', [16, 64], 3, 2))).toBe(false)
  expect(isProduct(alone('Conv', [16, 31], 3, 2))).toBe(false)
  expect(isProduct(alone('Conv', [16, 64], 3, 1, true))).toBe(false)
})

test('a convolution and its gradients share columns, and keep their values', async () => {
  const f = (x: tf.Tensor, k: tf.Tensor, b: tf.Tensor) => {
    const z = tf.add(tf.conv2d(x as tf.Tensor4D, k as tf.Tensor4D, 2, 'same'), b)
    return tf.conv2dTranspose(tf.tanh(z) as tf.Tensor4D, k as tf.Tensor4D, [2, 6, 5, 8], 2, 'same')
  }
  const inputs = { x: sample('x', [2, 6, 5, 8]), k: sample('k', [3, 3, 8, 9]), b: sample('b', [9]) }
  const run = withGradients(f)
  const { nodes } = optimise(trace(run, inputs))
  const count = (name: string) => nodes.filter(({ op }) => op === name).length
  // The windows of x serve the first layer's value and filter gradient, those of dy both gradients of the second.
  expect([count('Gather'), count('Conv')]).toEqual([2, 0])
  expectAgreement(await runCompiled(run, inputs), await runEagerly(run, inputs))
})

test.each([
  ['of many channels', [2, 5, 4, 32], [3, 3, 32, 32]],
  ['of one pixel', [2, 5, 4, 3], [1, 1, 3, 2]],
])('a convolution %s keeps its value and gradients', async (_, image, kernel) => {
  const run = withGradients((x, k) => tf.conv2d(x as tf.Tensor4D, k as tf.Tensor4D, 1, 'same'))
  const inputs = { x: sample('x', image), k: sample('k', kernel) }
  const { nodes } = optimise(trace(run, inputs))
  expect(nodes.filter(({ op }) => op.startsWith('Conv'))).toEqual([])
  expectAgreement(await runCompiled(run, inputs), await runEagerly(run, inputs))
})

test('so does one with dilations, which has no gradients in tfjs', async () => {
  const run = ({ x, k }: TensorRecord): TensorRecord => ({
    y: tf.conv2d(x as tf.Tensor4D, k as tf.Tensor4D, 1, 'same', 'NHWC', [2, 1]),
  })
  const inputs = { x: sample('x', [2, 7, 8, 32]), k: sample('k', [3, 2, 32, 32]) }
  expect(optimise(trace(run, inputs)).nodes.map(({ op }) => op)).toContain('Gather')
  expectAgreement(await runCompiled(run, inputs), await runEagerly(run, inputs))
})

test('a convolution of a single channel takes the taps that its filter gradient needs', () => {
  const graph = graphOf({ x: [2, 1, 4, 4], k: [3, 1, 3, 3] }, (build, { x, k }) => ({
    y: build.emit('Conv', [x!, k!], [2, 3, 4, 4], geometry as never),
    t: taps(build, build.emit('Reshape', [x!, build.ints([2, 4, 4, 1])], [2, 4, 4, 1]), windows),
  }))
  const result = multiplyConvolutions(graph)
  expect(result.nodes.map(({ op }) => op)).not.toContain('Conv')
  expect(result.nodes.filter(({ op }) => op === 'Columns')).toHaveLength(1)
})

test('columns and taps of the same windows stay apart', () => {
  const graph = graphOf({ x: [2, 4, 4, 2] }, (build, { x }) => ({
    c: columns(build, x!, windows),
    t: taps(build, x!, windows),
  }))
  expect(multiplyConvolutions(graph)).toBe(graph)
})
