import { describe, expect, test } from 'vitest'
import type { Builder } from '../graph/builder'
import type { Graph, Value } from '../graph/graph'
import { graphOf } from '../testing/graphs'
import { planStages, separateOutputs } from './stages'

const LARGE = 100_000

/** What runs where: `runtime: Gemm | kernel: Exp Neg`. */
function plan(graph: Graph): string {
  return planStages(separateOutputs(graph))
    .stages.map(({ kind, nodes }) => `${kind}: ${nodes.map(({ op }) => op).join(' ')}`)
    .join(' | ')
}

const product = (b: Builder, x: Value, w: Value) => b.emit('MatMul', [x, w], [x.shape[0]!, w.shape[1]!])

describe('a plan', () => {
  test('leaves products to the runtime and puts what is between them into kernels', () => {
    const graph = graphOf({ x: [100, 1000], v: [1000, 1000], w: [1000, 10] }, (b, { x, v, w }) => {
      const z = product(b, x!, v!)
      const h = b.emit('Selu', [b.emit('Neg', [z], z.shape)], z.shape)
      return { y: product(b, h, w!) }
    })
    expect(plan(graph)).toBe('runtime: MatMul | kernel: Neg Selu | runtime: MatMul')
  })

  test('leaves all to the runtime where calls would cost more than they save', () => {
    const graph = graphOf({ x: [1, 10], v: [10, 10], w: [10, 10] }, (b, { x, v, w }) => ({
      y: product(b, b.emit('Neg', [product(b, x!, v!)], [1, 10]), w!),
    }))
    expect(plan(graph)).toBe('runtime: MatMul Neg MatMul')
  })

  test('leaves for the end what no call waits for', () => {
    const graph = graphOf({ x: [100, 1000], w: [1000, 1000], m: [LARGE] }, (b, { x, w, m }) => {
      const step = b.emit('Mul', [m!, b.scalar(0.9)], [LARGE])
      const h = b.emit('Selu', [product(b, x!, w!)], [100, 1000])
      return { next: step, y: b.emit('Elu', [product(b, h, w!)], [100, 1000]) }
    })
    expect(plan(graph)).toBe('runtime: MatMul | kernel: Selu | runtime: MatMul | kernel: Mul Elu')
  })

  test('keeps truth values on one side', () => {
    const graph = graphOf({ x: [LARGE], y: [LARGE] }, (b, { x, y }) => {
      const larger = b.emit('Greater', [x!, y!], [LARGE], {}, 'bool')
      const both = b.emit('Xor', [larger, larger], [LARGE], {}, 'bool')
      return { z: b.emit('Where', [both, x!, y!], [LARGE], {}, 'float32'), s: b.emit('Selu', [x!], [LARGE]) }
    })
    expect(plan(graph)).toBe('kernel: Selu | runtime: Greater Xor Where')
  })

  test('sees through views, which the runtime makes anew where it needs them', () => {
    const graph = graphOf({ x: [10, 100, 100], w: [1000, 10] }, (b, { x, w }) => {
      const flat = b.emit('Reshape', [b.emit('Selu', [x!], [10, 100, 100]), b.ints([100, 1000])], [100, 1000])
      const h = b.emit('MatMul', [flat, w!], [100, 10])
      const tall = b.emit('Reshape', [h, b.ints([1000, 1])], [1000, 1])
      return { y: b.emit('MatMul', [tall, b.constant([1], [1, 7])], [1000, 7]) }
    })
    expect(plan(graph)).toBe('kernel: Selu | runtime: MatMul Reshape MatMul')
  })

  test('gives every output an array of its own', () => {
    const graph = graphOf({ x: [2] }, (b, { x }) => {
      const y = b.emit('Neg', [x!], [2])
      return { a: y, b: y, c: x!, d: b.scalar(1) }
    })
    const { outputs } = separateOutputs(graph)
    expect(new Set(outputs.map(({ value }) => value)).size).toBe(4)
    expect(outputs.every(({ value }) => !value.constant && value !== graph.inputs[0]!.value)).toBe(true)
  })
})
