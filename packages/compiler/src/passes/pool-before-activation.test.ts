import { seluOf } from '@sandglass/core'
import * as tf from '@tensorflow/tfjs-core'
import { expect, test } from 'vitest'
import { elements } from '../graph/graph'
import { graphOf, operatorsAfter } from '../testing/graphs'
import { expectAgreement, runCompiled, runEagerly, sample, withGradients } from '../testing/parity'
import { trace } from '../trace/trace'
import { optimise } from './index'
import { poolBeforeActivation } from './pool-before-activation'

const shape = [2, 6, 5, 3]
const inputs = { x: sample('x', shape), k: sample('k', [3, 3, 3, 4]) }
const windows = 2 * 3 * 2 * 4
const pooled = (activation: (x: tf.Tensor) => tf.Tensor, size: number, strides: number) =>
  withGradients((x, k) => {
    const z = tf.conv2d(x as tf.Tensor4D, k as tf.Tensor4D, 1, 'same')
    return tf.maxPool(activation(z) as tf.Tensor4D, size, strides, 'valid')
  })

const rising: [string, (x: tf.Tensor) => tf.Tensor][] = [
  ['selu', seluOf],
  ['relu', tf.relu],
  ['elu', tf.elu],
  ['sigmoid', tf.sigmoid],
  ['tanh', tf.tanh],
]

test.each(rising)('a pooling of %s pools first, and keeps its values and gradients', async (name, f) => {
  const run = pooled(f, 2, 2)
  const { nodes } = optimise(trace(run, inputs))
  const operator = name[0]!.toUpperCase() + name.slice(1)
  const sizes = nodes.filter(({ op }) => op === operator).map(({ outputs }) => elements(outputs[0]!.shape))
  expect(sizes).toEqual([windows])
  expectAgreement(await runCompiled(run, inputs), await runEagerly(run, inputs), 2e-6)
})

test('windows that overlap pool first as well', async () => {
  const run = pooled(seluOf, 3, 1)
  expectAgreement(await runCompiled(run, inputs), await runEagerly(run, inputs), 2e-6)
})

test('the gradient of a bias is a sum over windows', () => {
  const run = withGradients((x, k, b) => {
    const z = tf.add(tf.conv2d(x as tf.Tensor4D, k as tf.Tensor4D, 1, 'same'), b!)
    return tf.maxPool(seluOf(z) as tf.Tensor4D, 2, 2, 'valid')
  })
  const { nodes } = optimise(trace(run, { ...inputs, b: sample('b', [4]) }))
  const sums = nodes.filter(({ op }) => op === 'ReduceSum')
  expect(sums.map(({ inputs: [x] }) => elements(x!.shape))).toContain(windows)
})

test('nothing changes for an activation that can fall, or that something else slopes with', () => {
  const attributes = { kernel_shape: [2, 2], strides: [2, 2] }
  const falling = graphOf({ x: [1, 1, 4, 4] }, (build, { x }) => ({
    y: build.emit('MaxPool', [build.emit('Sin', [x!], [1, 1, 4, 4])], [1, 1, 2, 2], attributes),
  }))
  expect(operatorsAfter(poolBeforeActivation, falling)).toEqual(['Sin', 'MaxPool'])
  const leaky = graphOf({ x: [1, 1, 4, 4] }, (build, { x }) => ({
    y: build.emit(
      'MaxPool',
      [build.emit('LeakyRelu', [x!], [1, 1, 4, 4], { alpha: { float: -0.1 } })],
      [1, 1, 2, 2],
      attributes,
    ),
  }))
  expect(operatorsAfter(poolBeforeActivation, leaky)).toEqual(['LeakyRelu', 'MaxPool'])
})

test('an activation that is read as a whole too stays, and the gradients with it', async () => {
  const run = withGradients((x) => {
    const y = tf.sigmoid(x!)
    return tf.add(tf.maxPool(y as tf.Tensor4D, 2, 2, 'valid'), tf.mean(tf.square(y)))
  })
  const only = { x: inputs.x }
  expectAgreement(await runCompiled(run, only), await runEagerly(run, only), 2e-6)
})
