import * as tf from '@tensorflow/tfjs-core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { expectAgreement, runCompiled, runEagerly, sample } from '../testing/parity'
import { trace } from '../trace/trace'
import { optimise } from './index'
import { poolByPhases } from './pool-by-phases'

type Size = [number, number]

/** Values and gradient of a pooling. */
const pooling =
  (size: Size, strides: Size, padding: 'valid' | 'same') =>
  ({ x, dy }: Record<string, tf.Tensor>) => {
    const pool = (input: tf.Tensor) => tf.maxPool(input as tf.Tensor4D, size, strides, padding)
    return { y: pool(x!), dx: tf.grad(pool)(x!, dy) }
  }

describe('maxima by phases', () => {
  test('replace positions and scattering', () => {
    const inputs = { x: sample('x', [2, 6, 6, 3]), dy: sample('dy', [2, 3, 3, 3]) }
    const graph = trace(pooling([2, 2], [2, 2], 'valid'), inputs)
    const before = graph.nodes.map(({ op }) => op)
    expect(before.filter((op) => op === 'MaxPool' || op === 'ScatterElements').length).toBeGreaterThan(1)
    const after = optimise(graph).nodes.map(({ op }) => op)
    expect(after).not.toContain('MaxPool')
    expect(after).not.toContain('ScatterElements')
    expect(after).not.toContain('Transpose')
  })

  test.each([
    ['overlap', [3, 3], 'valid', 7],
    ['reach over the border', [2, 2], 'same', 5],
  ] as const)('are for windows that do not %s', (_, size, padding, extent) => {
    const inputs = { x: sample('x', [1, extent, extent, 1]), dy: sample('dy', [1, 3, 3, 1]) }
    const graph = trace(pooling([...size], [2, 2], padding), inputs)
    expect(poolByPhases(graph)).toBe(graph)
  })

  test('leave a pooling without a gradient alone', () => {
    const graph = trace(({ x }) => ({ y: tf.maxPool(x as tf.Tensor4D, 2, 2, 'valid') }), {
      x: { shape: [1, 4, 4, 1] },
    })
    expect(poolByPhases(graph)).toBe(graph)
  })

  test('give values and gradients of tfjs, the first of equal ones getting all', async () => {
    const extent = fc.integer({ min: 1, max: 3 })
    await fc.assert(
      fc.asyncProperty(
        extent,
        extent,
        extent,
        extent,
        fc.nat(2),
        fc.nat(2),
        async (down, across, rows, columns, below, beside) => {
          const spare = [Math.min(below, down - 1), Math.min(beside, across - 1)] as const
          const x = sample('x', [2, down * rows + spare[0], across * columns + spare[1], 2])
          // Many ties.
          const inputs = {
            x: { ...x, data: Float32Array.from(x.data, (value) => Math.round(value)) },
            dy: sample('dy', [2, rows, columns, 2]),
          }
          const f = pooling([down, across], [down, across], 'valid')
          expectAgreement(await runCompiled(f, inputs), await runEagerly(f, inputs))
        },
      ),
      { numRuns: 25 },
    )
  })
})
