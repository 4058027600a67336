import * as tf from '@tensorflow/tfjs-core'
import { describe, expect, test } from 'vitest'
import { expectAgreement, runCompiled, runEagerly, sample, withGradients } from '../../testing/parity'
import { kernelRules } from './index'

type Case = readonly [name: string, f: (...x: tf.Tensor[]) => tf.Tensor, ...shapes: (readonly number[])[]]
const four = (x: tf.Tensor) => x as tf.Tensor4D

/** Ops with a gradient: value and gradients must agree with the cpu backend. */
const differentiable: Case[] = [
  ['abs', tf.abs, [3, 4]],
  ['add, broadcast', tf.add, [3, 4], [4]],
  ['sub, broadcast', tf.sub, [3, 1], [3, 4]],
  ['mul, broadcast', tf.mul, [2, 3, 4], [3, 1]],
  ['div', (a, b) => tf.div(a, tf.add(tf.abs(b), 1)), [3, 4], [3, 4]],
  ['addN', (a, b, c) => tf.addN([a, b, c]), [3], [3], [3]],
  ['maximum', tf.maximum, [3, 4], [3, 4]],
  ['minimum', tf.minimum, [3, 4], [3, 4]],
  ['pow', (a) => tf.pow(tf.add(tf.abs(a), 0.5), 3), [5]],
  ['squaredDifference', tf.squaredDifference, [3, 4], [3, 4]],
  ['exp', tf.exp, [3, 4]],
  ['expm1', tf.expm1, [3, 4]],
  ['log', (x) => tf.log(tf.add(tf.abs(x), 0.1)), [3, 4]],
  ['log1p', (x) => tf.log1p(tf.abs(x)), [3, 4]],
  ['sqrt', (x) => tf.sqrt(tf.add(tf.abs(x), 0.1)), [3, 4]],
  ['rsqrt', (x) => tf.rsqrt(tf.add(tf.abs(x), 0.1)), [3, 4]],
  ['square', tf.square, [3, 4]],
  ['reciprocal', (x) => tf.reciprocal(tf.add(tf.abs(x), 0.5)), [3, 4]],
  ['neg', tf.neg, [3, 4]],
  ['sin', tf.sin, [3, 4]],
  ['cos', tf.cos, [3, 4]],
  ['tanh', tf.tanh, [3, 4]],
  ['sigmoid', tf.sigmoid, [3, 4]],
  ['softplus', tf.softplus, [3, 4]],
  ['relu', tf.relu, [3, 4]],
  ['relu6', tf.relu6, [3, 4]],
  ['elu', tf.elu, [3, 4]],
  ['selu', tf.selu, [3, 4]],
  ['leakyRelu', (x) => tf.leakyRelu(x, 0.3), [3, 4]],
  ['prelu', tf.prelu, [3, 4], [4]],
  ['erf', tf.erf, [3, 4]],
  ['clipByValue', (x) => tf.clipByValue(x, -0.5, 0.7), [3, 4]],
  ['softmax', (x) => tf.softmax(x), [3, 4]],
  ['logSoftmax', (x) => tf.logSoftmax(x), [3, 4]],
  ['where', (a, b) => tf.where(tf.greater(tf.tensor([1, -1, 2]), 0), a, b), [3], [3]],
  ['sum of an axis', (x) => tf.sum(x, 1), [3, 4, 2]],
  ['sum, dimensions kept', (x) => tf.sum(x, [0, 2], true), [3, 4, 2]],
  ['mean', (x) => tf.mean(x, [0, -1]), [3, 4, 2]],
  ['max', (x) => tf.max(x, 1), [3, 4]],
  ['min', (x) => tf.min(x, 0), [3, 4]],
  ['cumsum', (x) => tf.cumsum(x, 1, true), [3, 4]],
  ['matMul', (a, b) => tf.matMul(a, b), [3, 4], [4, 2]],
  ['matMul, both transposed', (a, b) => tf.matMul(a, b, true, true), [4, 3], [2, 4]],
  ['matMul, batches', (a, b) => tf.matMul(a, b), [2, 3, 4], [2, 4, 5]],
  ['transpose', (x) => tf.transpose(x, [2, 0, 1]), [2, 3, 4]],
  ['reshape', (x) => tf.reshape(x, [4, -1]), [2, 3, 4]],
  ['expandDims', (x) => tf.expandDims(x, 1), [3, 4]],
  ['concat', (a, b) => tf.concat([a, b], 1), [3, 4], [3, 2]],
  ['stack', (a, b) => tf.stack([a, b], 1), [3, 4], [3, 4]],
  ['unstack', (x) => tf.add(tf.unstack(x, 1)[1]!, tf.unstack(x, 1)[3]!), [3, 4]],
  ['split', (x) => tf.mul(tf.split(x, [1, 3], 1)[1]!, 2), [3, 4]],
  ['slice', (x) => tf.slice(x, [1, 0], [2, 3]), [3, 4]],
  [
    'pad',
    (x) =>
      tf.pad(
        x,
        [
          [1, 2],
          [0, 1],
        ],
        0,
      ),
    [3, 4],
  ],
  ['reverse', (x) => tf.reverse(x, [1]), [3, 4]],
  ['tile', (x) => tf.tile(x, [2, 3]), [3, 4]],
  ['broadcastTo', (x) => tf.broadcastTo(x, [3, 4]), [3, 1]],
  ['gather', (x) => tf.gather(x, tf.tensor1d([2, 0, 2], 'int32')), [3, 4]],
  ['unsortedSegmentSum', (x) => tf.unsortedSegmentSum(x, tf.tensor1d([1, 0, 1], 'int32'), 2), [3, 4]],
  ['conv2d, same', (x, k) => tf.conv2d(four(x), four(k), 1, 'same'), [2, 6, 5, 3], [3, 3, 3, 4]],
  ['conv2d, strided valid', (x, k) => tf.conv2d(four(x), four(k), 2, 'valid'), [2, 8, 7, 3], [3, 3, 3, 4]],
  ['conv2d, strided same', (x, k) => tf.conv2d(four(x), four(k), 2, 'same'), [2, 8, 7, 3], [3, 3, 3, 4]],
  [
    'conv2dTranspose',
    (x, k) => tf.conv2dTranspose(four(x), four(k), [2, 8, 8, 3], 2, 'same'),
    [2, 4, 4, 5],
    [3, 3, 3, 5],
  ],
  [
    'conv2dTranspose, valid',
    (x, k) => tf.conv2dTranspose(four(x), four(k), [2, 7, 7, 3], 2, 'valid'),
    [2, 3, 3, 5],
    [3, 3, 3, 5],
  ],
  ['depthwiseConv2d', (x, k) => tf.depthwiseConv2d(four(x), four(k), 1, 'same'), [2, 6, 5, 3], [3, 3, 3, 2]],
  [
    'depthwiseConv2d, strided',
    (x, k) => tf.depthwiseConv2d(four(x), four(k), 2, 'valid'),
    [2, 7, 7, 3],
    [3, 3, 3, 2],
  ],
  ['maxPool', (x) => tf.maxPool(four(x), 2, 2, 'valid'), [2, 6, 7, 3]],
  ['maxPool of ties', (x) => tf.maxPool(four(tf.relu(x)), 2, 2, 'same'), [2, 5, 7, 3]],
  ['maxPool, overlapping', (x) => tf.maxPool(four(x), 3, 2, 'same'), [2, 6, 7, 3]],
  ['avgPool', (x) => tf.avgPool(four(x), 2, 2, 'valid'), [2, 6, 6, 3]],
  ['resizeBilinear', (x) => tf.image.resizeBilinear(four(x), [7, 7]), [2, 4, 4, 3]],
  ['resizeBilinear, corners aligned', (x) => tf.image.resizeBilinear(four(x), [7, 7], true), [2, 4, 4, 3]],
  // Batch of one: the cpu backend's own gradient is wrong for more.
  ['resizeNearestNeighbor', (x) => tf.image.resizeNearestNeighbor(four(x), [8, 10]), [1, 4, 5, 3]],
]

/** Ops without a gradient, or whose gradient tfjs lacks. */
const plain: Case[] = [
  ['prod', (x) => tf.prod(x, 1), [3, 4]],
  [
    'conv2d, dilated',
    (x, k) => tf.conv2d(four(x), four(k), 1, 'same', 'NHWC', 2),
    [2, 7, 7, 2],
    [3, 3, 2, 3],
  ],
  ['avgPool, padded', (x) => tf.avgPool(four(x), 3, 2, 'same'), [2, 6, 7, 3]],
  ['resizeBilinear, not square', (x) => tf.image.resizeBilinear(four(x), [7, 9]), [2, 4, 5, 3]],
  ['ceil', tf.ceil, [3, 4]],
  ['floor', tf.floor, [3, 4]],
  ['round', tf.round, [3, 4]],
  ['sign', tf.sign, [3, 4]],
  ['step', (x) => tf.step(x, 0.2), [3, 4]],
  ['floorDiv', (a, b) => tf.floorDiv(tf.mul(a, 5), tf.add(tf.abs(b), 0.5)), [3, 4], [3, 4]],
  ['mod', (a, b) => tf.mod(a, tf.add(tf.abs(b), 0.5)), [3, 4], [3, 4]],
  [
    'comparisons',
    (a, b) =>
      tf.addN(
        [tf.greater, tf.greaterEqual, tf.less, tf.lessEqual, tf.equal, tf.notEqual].map((f, i) =>
          tf.mul(tf.cast(f(a, b), 'float32'), i + 1),
        ),
      ),
    [3, 4],
    [3, 4],
  ],
  [
    'logic',
    (a, b) => tf.cast(tf.logicalXor(tf.greater(a, 0), tf.logicalNot(tf.less(b, 0))), 'float32'),
    [9],
    [9],
  ],
  [
    'any and all',
    (x) => tf.cast(tf.logicalOr(tf.all(tf.greater(x, -1), 1), tf.any(tf.greater(x, 2), 1)), 'float32'),
    [5, 4],
  ],
  ['argMax', (x) => tf.argMax(x, 1), [3, 4]],
  ['argMin', (x) => tf.argMin(x, 0), [3, 4]],
  ['oneHot', (x) => tf.oneHot(tf.cast(tf.argMax(x, 1), 'int32'), 4), [3, 4]],
  ['topk', (x) => tf.topk(x, 2).values, [3, 4]],
  ['topk indices', (x) => tf.topk(x, 2).indices, [3, 4]],
  ['einsum', (a, b) => tf.einsum('ij,jk->ki', a, b), [3, 4], [4, 2]],
  [
    'gatherND',
    (x) =>
      tf.gatherND(
        x,
        tf.tensor2d(
          [
            [0, 1],
            [2, 3],
          ],
          [2, 2],
          'int32',
        ),
      ),
    [3, 4],
  ],
  ['isNaN', (x) => tf.cast(tf.isNaN(tf.log(x)), 'float32'), [3, 4]],
  ['isFinite', (x) => tf.cast(tf.isFinite(tf.div(1, tf.relu(x))), 'float32'), [3, 4]],
  [
    'mirrorPad',
    (x) =>
      tf.mirrorPad(
        x,
        [
          [1, 1],
          [0, 2],
        ],
        'reflect',
      ),
    [3, 4],
  ],
  ['stridedSlice', (x) => tf.stridedSlice(x, [0, 1], [3, 4], [2, 1]), [3, 4]],
]

const seen = new Set<string>()
const inputsOf = (name: string, shapes: readonly (readonly number[])[]) =>
  Object.fromEntries(shapes.map((shape, i) => [`x${i}`, sample(`${name}/${i}`, shape)]))

describe('compiled kernels agree with the cpu backend', () => {
  for (const [name, f, ...shapes] of differentiable)
    test(name, async () => {
      const inputs = inputsOf(name, shapes)
      const run = withGradients(f)
      expectAgreement(await runCompiled(run, inputs), await runEagerly(run, inputs))
      seen.add(name)
    })

  for (const [name, f, ...shapes] of plain)
    test(name, async () => {
      const inputs = inputsOf(name, shapes)
      const run = (x: Record<string, tf.Tensor>) => ({ value: tf.cast(f(...Object.values(x)), 'float32') })
      expectAgreement(await runCompiled(run, inputs), await runEagerly(run, inputs))
      seen.add(name)
    })

  // For these the cpu backend's own gradients are wrong (nearest for batches, bilinear unless square, average with
  // padding). All are linear, so that f(x)·w = x·∇ must hold, whatever x is.
  const linear: Case[] = [
    [
      'resizeNearestNeighbor of a batch',
      (x) => tf.image.resizeNearestNeighbor(four(x), [8, 10]),
      [2, 4, 5, 3],
    ],
    ['resizeBilinear, not square', (x) => tf.image.resizeBilinear(four(x), [7, 9]), [2, 4, 5, 3]],
    ['avgPool, padded', (x) => tf.avgPool(four(x), 3, 2, 'same'), [2, 6, 7, 3]],
  ]
  for (const [name, f, shape] of linear)
    test(`${name}: the gradient is the adjoint`, async () => {
      const inputs = { x: sample(name, shape!) }
      const { value, dx } = await runCompiled(withGradients(f), inputs)
      const dot = (a: ArrayLike<number>, b: ArrayLike<number>) =>
        Array.from(a).reduce((sum, v, i) => sum + v * b[i]!, 0)
      const weights = Array.from(value!.data, (_, i) => 0.5 + Math.cos(i))
      expect(dot(dx!.data, inputs.x.data)).toBeCloseTo(dot(value!.data, weights), 3)
    })

  test('covers nearly every rule', () => {
    expect(seen.size).toBe(differentiable.length + plain.length)
    expect(Object.keys(kernelRules).length).toBeGreaterThan(100)
  })
})
