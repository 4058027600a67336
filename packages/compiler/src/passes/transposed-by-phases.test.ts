import * as tf from '@tensorflow/tfjs-core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { graphOf } from '../testing/graphs'
import { expectAgreement, runCompiled, runEagerly, sample, withGradients } from '../testing/parity'
import { trace } from '../trace/trace'
import { optimise } from './index'
import { transposeByPhases } from './transposed-by-phases'

/** A transposed convolution of 4 × 4 pixels. */
function alone(
  channels: [number, number],
  size: number,
  stride: number,
  { constant = false, dilation = 1, group = 1 } = {},
) {
  const [into, out] = channels
  const shape = [into, out, size, size]
  const extent = 3 * stride + (size - 1) * dilation + 1
  const [strides, dilations] = [
    [stride, stride],
    [dilation, dilation],
  ]
  return graphOf({ x: [2, into, 4, 4], k: shape }, (build, { x, k }) => ({
    y: build.emit(
      'ConvTranspose',
      [x!, constant ? build.constant([1], shape) : k!],
      [2, out, extent, extent],
      { strides, dilations, pads: [0, 0, 0, 0], group },
    ),
  }))
}

test('each phase of the result is a product of its own windows and taps', () => {
  const { nodes } = transposeByPhases(alone([16, 32], 3, 2))
  const columns = nodes.filter(({ op }) => op === 'Columns')
  expect(columns.map(({ attributes: { size, count, pads } }) => [size, count, pads])).toEqual([
    [
      [2, 2],
      [5, 5],
      [1, 1, 1, 1],
    ],
    [
      [2, 1],
      [5, 4],
      [1, 0, 1, 0],
    ],
    [
      [1, 2],
      [4, 5],
      [0, 1, 0, 1],
    ],
    [
      [1, 1],
      [4, 4],
      [0, 0, 0, 0],
    ],
  ])
  expect(nodes.filter(({ op }) => op === 'Weave')).toHaveLength(1)
})

test.each([
  ['few channels', alone([16, 31], 3, 2)],
  ['fewer taps than strides', alone([16, 32], 1, 2)],
  ['no strides', alone([16, 32], 3, 1)],
  ['dilations', alone([16, 32], 3, 2, { dilation: 2 })],
  ['groups', alone([16, 32], 3, 2, { group: 2 })],
  ['a constant kernel', alone([16, 32], 3, 2, { constant: true })],
])('one of %s stays', (_, graph) => {
  expect(transposeByPhases(graph)).toBe(graph)
})

test('value and gradients stay the same', async () => {
  const extent = fc.integer({ min: 1, max: 4 })
  const stride = fc.integer({ min: 2, max: 3 })
  await fc.assert(
    fc.asyncProperty(
      extent,
      extent,
      stride,
      stride,
      fc.nat(2),
      fc.nat(2),
      fc.nat(1),
      fc.constantFrom('same' as const, 'valid' as const),
      async (height, width, down, across, more, wider, short, padding) => {
        const size = [down + more, across + wider] as const
        const out = [height, width].map((count, i) => {
          const s = [down, across][i]!
          return padding === 'same' ? count * s - short : (count - 1) * s + size[i]!
        })
        const f = withGradients((x, k) =>
          tf.conv2dTranspose(
            x as tf.Tensor4D,
            k as tf.Tensor4D,
            [2, out[0]!, out[1]!, 16],
            [down, across],
            padding,
          ),
        )
        const inputs = { x: sample('x', [2, height, width, 32]), k: sample('k', [...size, 16, 32]) }
        const hasPhases = out[0]! >= down && out[1]! >= across
        const stays = optimise(trace(f, inputs)).nodes.some(({ op }) => op === 'ConvTranspose')
        expect(stays).toBe(!hasPhases)
        expectAgreement(await runCompiled(f, inputs), await runEagerly(f, inputs))
      },
    ),
    { numRuns: 20 },
  )
})
