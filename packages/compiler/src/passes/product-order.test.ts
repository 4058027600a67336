import * as tf from '@tensorflow/tfjs-core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Builder } from '../graph/builder'
import type { Value } from '../graph/graph'
import { graphOf, textAfter } from '../testing/graphs'
import { expectAgreement, runCompiled, runEagerly, sample, withGradients } from '../testing/parity'
import { transposed } from '../trace/kernels/shape'
import { orderProducts } from './product-order'

const product = (build: Builder, a: Value, b: Value) =>
  build.emit('MatMul', [a, b], [a.shape[0]!, b.shape[1]!])

/** g [90,2] by w [2,80]. */
const shapes = { g: [90, 2], w: [2, 80], z: [80, 3], y: [90, 3], s: [] }
const after = (write: (build: Builder, inputs: Record<string, Value>) => Value) =>
  textAfter(
    orderProducts,
    graphOf(shapes, (build, inputs) => ({ out: write(build, inputs) })),
  )

describe('products', () => {
  test('are taken in the order of fewer operations', () => {
    const forward = after((b, { g, w, z }) => product(b, product(b, g!, w!), z!))
    expect(forward).toContain('%6:[2,3] = MatMul(w, z)\n%7:[90,3] = MatMul(g, %6)\nout <- %7')
    const backward = after((b, { g, w, y }) => product(b, transposed(b, y!, [1, 0]), product(b, g!, w!)))
    expect(backward).toContain('%7:[3,2] = MatMul(%5, g)\n%8:[3,80] = MatMul(%7, w)\nout <- %8')
  })

  test('also when they were transposed and scaled', () => {
    const text = after((b, { g, w, y, s }) => {
      const made = product(b, g!, w!)
      return product(b, transposed(b, b.emit('Mul', [made, s!], made.shape), [1, 0]), y!)
    })
    expect(text).toContain(
      '%8:[80,2] = Transpose(w, perm=[1,0])\n%9:[2,90] = Transpose(g, perm=[1,0])\n' +
        '%10:[2,3] = MatMul(%9, y)\n%11:[80,3] = MatMul(%8, %10)\n%12:[80,3] = Mul(%11, s)\nout <- %12',
    )
  })

  test('stay where that would not halve the operations', () => {
    const graph = graphOf({ x: [4, 6], a: [6, 3], b: [3, 6] }, (build, { x, a, b }) => ({
      out: product(build, product(build, x!, a!), b!),
    }))
    expect(orderProducts(graph)).toBe(graph)
  })
})

describe('the sum of squares of a product', () => {
  const squared = (also: boolean) =>
    graphOf(shapes, (build, { g, w }) => {
      const made = product(build, g!, w!)
      const square = build.emit('Mul', [made, made], made.shape)
      const sum = build.emit('ReduceSum', [square, build.ints([0, 1])], [], { keepdims: 0 })
      return { sum, ...(also && { made }) } as Record<string, Value>
    })

  test('needs no product', () => {
    const { nodes } = orderProducts(squared(false))
    const large = nodes.slice(2).filter(({ outputs }) => `${outputs[0]!.shape}` === '90,80')
    expect(large).toEqual([])
    expect(nodes.at(-1)!.op).toBe('ReduceSum')
  })

  test('stays when the product is wanted too, or is small', () => {
    const graph = squared(true)
    expect(orderProducts(graph)).toBe(graph)
  })
})

test('values and gradients of ‖f(x)Wᵀ‖² are the same in either order', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 40 }),
      fc.integer({ min: 1, max: 5 }),
      fc.integer({ min: 1, max: 40 }),
      async (rows, inner, columns) => {
        const f = withGradients((g, w) =>
          tf.sum(tf.square(tf.matMul(tf.sigmoid(g) as tf.Tensor2D, w as tf.Tensor2D, false, true))),
        )
        const inputs = { g: sample('g', [rows, inner]), w: sample('w', [columns, inner]) }
        expectAgreement(await runCompiled(f, inputs), await runEagerly(f, inputs))
      },
    ),
    { numRuns: 25 },
  )
})
