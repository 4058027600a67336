import type { TensorRecord } from '@sandglass/core'
import * as tf from '@tensorflow/tfjs-core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Value } from '../graph/graph'
import { graphOf, operatorsAfter } from '../testing/graphs'
import { expectAgreement, runCompiled, runEagerly, sample, withGradients } from '../testing/parity'
import { columns, taps, type Windows } from '../trace/kernels/columns'
import { reshaped, transposed } from '../trace/kernels/shape'
import { trace } from '../trace/trace'
import { convolveByPhases } from './convolve-by-phases'
import { optimise } from './index'
import { phasesOf, weave } from './phases'

const windows: Windows = {
  count: [4, 4],
  size: [3, 3],
  strides: [1, 1],
  dilations: [1, 1],
  pads: [1, 1, 1, 1],
}

/** A convolution as a product, of which phases are read; and something else with `also`. */
const product = (also = false, asTaps = false) =>
  graphOf({ x: [2, 4, 4, 2], k: [18, 3], b: [3] }, (build, { x, k, b }) => {
    const rows = asTaps ? transposed(build, taps(build, x!, windows), [1, 0]) : columns(build, x!, windows)
    const sum = build.emit('Add', [build.emit('MatMul', [rows, k!], [32, 3]), b!], [32, 3])
    const image = reshaped(build, sum, [2, 4, 4, 3])
    const phases = phasesOf(build, image, [2, 2], [2, 2])
    const outputs = Object.fromEntries(phases.map((phase, i) => [`p${i}`, phase]))
    return also ? { ...outputs, image } : outputs
  })

/** A kernel's gradient: columns of the image by a woven gradient; `shared` if they are wanted for themselves too. */
const gradient = (shared = false, asTaps = false) =>
  graphOf({ x: [2, 4, 4, 2], a: [2, 4, 2, 3], b: [2, 4, 2, 3] }, (build, { x, a, b }) => {
    const made = asTaps ? taps(build, x!, windows) : columns(build, x!, windows)
    const left = asTaps ? made : transposed(build, made, [1, 0])
    const dy = reshaped(build, weave(build, [a!, b!], [1, 2], [2, 4, 4, 3]), [32, 3])
    const dk = build.emit('MatMul', [left, dy], [18, 3])
    return { dk, ...(shared && { made }) } as Record<string, Value>
  })

describe('phases of a convolution', () => {
  test.each([false, true])('are products of their own windows (taps: %s)', (asTaps) => {
    const graph = convolveByPhases(product(false, asTaps))
    const phases = graph.nodes.filter(({ op, attributes }) => op === 'Columns' && attributes.start)
    expect(phases.map(({ attributes: { start, strides, count } }) => [start, strides, count])).toEqual(
      [
        [0, 0],
        [0, 1],
        [1, 0],
        [1, 1],
      ].map((start) => [start, [2, 2], [2, 2]]),
    )
    expect(graph.nodes.some(({ op }) => op === 'Slice')).toBe(false)
  })

  test('are cut out where all of it is wanted', () => {
    const graph = product(true)
    expect(convolveByPhases(graph)).toBe(graph)
  })

  test.each([false, true])('add up to the gradient of its kernel (taps: %s)', (asTaps) => {
    const operators = operatorsAfter(convolveByPhases, gradient(false, asTaps))
    expect(operators.filter((op) => op === 'MatMul')).toHaveLength(2)
    expect(operators.at(-1)).toBe('Add')
  })

  test('do not when its windows are wanted anyway', () => {
    const graph = gradient(true)
    expect(convolveByPhases(graph)).toBe(graph)
  })

  test('keep values and gradients of convolutions that are pooled', async () => {
    const extent = fc.integer({ min: 1, max: 3 })
    await fc.assert(
      fc.asyncProperty(
        extent,
        extent,
        fc.integer({ min: 2, max: 3 }),
        extent,
        fc.nat(2),
        extent,
        fc.constantFrom(1, 3),
        fc.constantFrom('same' as const, 'valid' as const),
        async (rows, across, down, stride, spare, taps, channels, padding) => {
          const out = [rows * down + (spare % down), 2 * across + (spare % across)] as const
          const size = (count: number) => (padding === 'same' ? count * stride : (count - 1) * stride + taps)
          const f = withGradients((x, k, b) => {
            const z = tf.add(tf.conv2d(x as tf.Tensor4D, k as tf.Tensor4D, stride, padding), b)
            return tf.relu(tf.maxPool(z as tf.Tensor4D, [down, across], [down, across], 'valid'))
          })
          const inputs = {
            x: sample('x', [2, size(out[0]), size(out[1]), channels]),
            k: sample('k', [taps, taps, channels, 4]),
            b: sample('b', [4]),
          }
          expectAgreement(await runCompiled(f, inputs), await runEagerly(f, inputs))
        },
      ),
      { numRuns: 30 },
    )
  })

  test('need neither slices nor joins of the result', () => {
    const f = ({ x, k }: TensorRecord): TensorRecord => {
      const pooled = (kernel: tf.Tensor) =>
        tf.maxPool(tf.relu(tf.conv2d(x as tf.Tensor4D, kernel as tf.Tensor4D, 1, 'same')), 2, 2, 'valid')
      return { y: pooled(k!), dk: tf.grad(pooled)(k!) }
    }
    const inputs = { x: sample('x', [2, 6, 6, 2]), k: sample('k', [3, 3, 2, 4]) }
    const { nodes } = optimise(trace(f, inputs))
    const wide = nodes.filter(({ outputs }) => `${outputs[0]!.shape}` === '2,6,6,4')
    expect(wide.map(({ op }) => op)).toEqual([])
  })
})
