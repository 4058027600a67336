import * as tf from '@tensorflow/tfjs-core'
import { describe, expect, test } from 'vitest'
import { createBuilder } from '../../graph/builder'
import { makeValue, type Node } from '../../graph/graph'
import { expectAgreement, runCompiled, runEagerly, sample, withGradients } from '../../testing/parity'
import { areTaps, type Windows } from './columns'
import { filterGradient } from './filter-gradient'

const windows: Windows = {
  count: [6, 6],
  size: [3, 3],
  strides: [1, 1],
  dilations: [1, 1],
  pads: [1, 1, 1, 1],
}

function operators(
  image: readonly number[],
  gradient: readonly number[],
  of = windows,
): string[] | undefined {
  const nodes: Node[] = []
  const kernel = filterGradient(
    createBuilder(nodes),
    makeValue(image, 'float32'),
    makeValue(gradient, 'float32'),
    of,
  )
  if (!kernel) return
  expect(kernel.shape).toEqual([...of.size, image[3], gradient[3]])
  return [...new Set(nodes.map((node) => (node.op === 'Columns' && areTaps(node) ? 'taps' : node.op)))]
}

test('windows of many channels are gathered as rows', () => {
  expect(operators([2, 6, 6, 8], [2, 6, 6, 9])).toEqual(['Reshape', 'Columns', 'Transpose', 'MatMul'])
})

test('windows of few channels are taken tap by tap', () => {
  expect(operators([2, 6, 6, 3], [2, 6, 6, 9])).toEqual(['Reshape', 'taps', 'MatMul'])
})

test('without strides the windows are of the array with fewer channels', () => {
  expect(operators([2, 6, 6, 16], [2, 6, 6, 1])).toContain('taps')
  expect(operators([2, 6, 6, 16], [2, 6, 6, 8])).toContain('Columns')
  const strided: Windows = { ...windows, strides: [2, 2], count: [3, 3] }
  expect(operators([2, 6, 6, 16], [2, 3, 3, 1], strided)).toContain('Columns')
})

test('windows that take too much memory are left to the convolution', () => {
  const large: Windows = { ...windows, count: [512, 512] }
  expect(operators([8, 512, 512, 64], [8, 512, 512, 64], large)).toBeUndefined()
  expect(operators([8, 512, 512, 64], [8, 512, 512, 1], large)).toContain('taps')
})

type Shape4 = [number, number, number, number]
const cases: [string, Shape4, Shape4, 'same' | 'valid' | number, number][] = [
  ['few channels', [2, 6, 5, 3], [3, 3, 3, 4], 'same', 1],
  ['few channels, strided', [2, 7, 6, 3], [3, 2, 3, 4], 'valid', 2],
  ['many channels', [2, 6, 5, 9], [3, 3, 9, 10], 'same', 1],
  ['many channels, strided', [2, 6, 7, 8], [3, 3, 8, 9], 'same', 2],
  ['many channels, strides that leave rows over', [2, 8, 8, 8], [3, 2, 8, 9], 'valid', 3],
  ['fewer channels out than in', [2, 6, 5, 9], [3, 2, 9, 8], 'same', 1],
  ['one channel out', [2, 6, 5, 9], [2, 3, 9, 1], 'valid', 1],
  ['more zeros around than windows reach', [2, 4, 4, 9], [2, 2, 9, 8], 3, 1],
  ['windows of one pixel', [2, 4, 3, 9], [1, 1, 9, 10], 'valid', 1],
  ['one window', [3, 4, 3, 9], [4, 3, 9, 10], 'valid', 1],
  ['one image', [1, 5, 5, 8], [3, 3, 8, 8], 'same', 1],
]

describe('agrees with the cpu backend', () => {
  test.each(cases)('%s', async (_, image, kernel, pad, strides) => {
    const inputs = { x: sample('x', image), k: sample('k', kernel) }
    const run = withGradients((x, k) => tf.conv2d(x as tf.Tensor4D, k as tf.Tensor4D, strides, pad))
    expectAgreement(await runCompiled(run, inputs), await runEagerly(run, inputs))
  })
})
