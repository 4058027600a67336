import * as tf from '@tensorflow/tfjs-core'
import { expect, test } from 'vitest'
import { graphOf, operatorsAfter, textAfter } from '../testing/graphs'
import { expectAgreement, runCompiled, runEagerly, sample, withGradients } from '../testing/parity'
import { trace } from '../trace/trace'
import { dropDeadCode } from './dead-code'
import { optimise } from './index'
import { settleLayout } from './layout'
import { simplifyShapes } from './reshapes'

const image = [2, 6, 5, 3]
const perm = [0, 2, 3, 1]

test('elementwise maths moves above a transpose, and what it broadcasts is turned', () => {
  const graph = graphOf({ x: [2, 3, 4, 5], b: [3] }, (build, { x, b }) => {
    const last = build.emit('Transpose', [x!], [2, 4, 5, 3], { perm })
    return { y: build.emit('Add', [last, b!], [2, 4, 5, 3]) }
  })
  expect(textAfter(settleLayout, graph)).toBe(
    '%2:[2,4,5,3] = Transpose(x, perm=[0,2,3,1])\n%3:[3,1,1] = Reshape(b, {3 1 1})\n' +
      '%4:[2,3,4,5] = Add(x, %3)\n%5:[2,4,5,3] = Transpose(%4, perm=[0,2,3,1])\ny <- %5',
  )
})

test('a sum over everything but the channels needs no transpose', () => {
  const graph = graphOf({ x: [2, 3, 4, 5] }, (build, { x }) => {
    const last = build.emit('Transpose', [x!], [2, 4, 5, 3], { perm })
    return { y: build.emit('ReduceSum', [last, build.ints([0, 1, 2])], [3], { keepdims: 0 }) }
  })
  expect(textAfter(settleLayout, graph)).toContain('ReduceSum(x, {0 2 3}, keepdims=0)')
})

test('operands that lie differently are left alone', () => {
  const graph = graphOf({ x: [2, 3, 4, 5], y: [2, 4, 5, 3] }, (build, { x, y }) => {
    const last = build.emit('Transpose', [x!], [2, 4, 5, 3], { perm })
    return { z: build.emit('Add', [last, y!], [2, 4, 5, 3]) }
  })
  expect(operatorsAfter(settleLayout, graph)).toEqual(['Transpose', 'Add'])
})

test('the bias of a single channel goes into the convolution', () => {
  const graph = graphOf({ x: [2, 3, 4, 4], k: [3, 1, 1, 1], b: [1] }, (build, { x, k, b }) => {
    const image = build.emit('ConvTranspose', [x!, k!], [2, 1, 4, 4], { group: 1 })
    const last = build.emit('Reshape', [image, build.ints([2, 4, 4, 1])], [2, 4, 4, 1])
    return { y: build.emit('Add', [last, b!], [2, 4, 4, 1]) }
  })
  expect(textAfter((g) => dropDeadCode(simplifyShapes(settleLayout(g))), graph)).toBe(
    '%3:[2,1,4,4] = ConvTranspose(x, k, b, group=1)\n%4:[2,4,4,1] = Reshape(%3, {2 4 4 1})\ny <- %4',
  )
})

test('a layer of convolution, bias, activation and pooling keeps its value and loses its transposes', async () => {
  const f = (x: tf.Tensor, k: tf.Tensor, b: tf.Tensor) => {
    const z = tf.add(tf.conv2d(x as tf.Tensor4D, k as tf.Tensor4D, 1, 'same'), b)
    return tf.maxPool(tf.tanh(z) as tf.Tensor4D, 2, 2, 'valid')
  }
  const inputs = { x: sample('x', image), k: sample('k', [3, 3, 3, 4]), b: sample('b', [4]) }
  const forward = optimise(trace(({ x, k, b }) => ({ y: f(x!, k!, b!) }), inputs))
  expect(forward.nodes.map(({ op }) => op)).toEqual([
    'Transpose',
    'Transpose',
    'Conv',
    'MaxPool',
    'Tanh',
    'Transpose',
  ])
  expect(forward.nodes[2]!.inputs).toHaveLength(3)
  const run = withGradients(f)
  expectAgreement(await runCompiled(run, inputs), await runEagerly(run, inputs))
})
