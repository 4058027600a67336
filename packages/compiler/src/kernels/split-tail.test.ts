import { describe, expect, test } from 'vitest'
import type { Builder } from '../graph/builder'
import type { Graph, Node, Value } from '../graph/graph'
import { graphOf } from '../testing/graphs'
import { separateOutputs, splitTail } from './split-tail'

const LARGE = 100_000

const names = (nodes: readonly Node[]) => nodes.map(({ op }) => op).join(' ')

/** What stays and what a kernel does: `MatMul | Mul Add`. */
function split(graph: Graph): string {
  const { body, tail } = splitTail(separateOutputs(graph))
  return `${names(body.nodes)} | ${names(tail)}`
}

const product = (b: Builder, x: Value, w: Value) => b.emit('MatMul', [x, w], [x.shape[0]!, w.shape[1]!])

/** w − 0.1 · (0.9 m + g) */
function update(b: Builder, w: Value, m: Value, g: Value) {
  const { shape } = w
  const momentum = b.emit('Add', [b.emit('Mul', [m, b.scalar(0.9)], shape), g], shape)
  return { momentum, next: b.emit('Sub', [w, b.emit('Mul', [momentum, b.scalar(0.1)], shape)], shape) }
}

describe('a split', () => {
  const square = [300, 300]
  const shapes = { x: [100, 300], dy: [300, 300], w: square, m: square }

  test('takes the update of weights from the end and hands it the gradient', () => {
    const graph = graphOf(shapes, (b, { dy, w, m }) => {
      const { momentum, next } = update(b, w!, m!, product(b, dy!, dy!))
      return { momentum, next }
    })
    expect(split(graph)).toBe('MatMul | Mul Add Mul Sub')
    const { body, handed, whole } = splitTail(separateOutputs(graph))
    expect(handed).toHaveLength(1)
    expect(body.outputs.map(({ name }) => name)).toEqual(handed.map(({ name }) => name))
    expect(whole.outputs.map(({ name }) => name)).toEqual(['momentum', 'next'])
  })

  test('leaves no view of what the tail makes', () => {
    const graph = graphOf({ ...shapes, flat: [90_000] }, (b, { dy, w, m, flat }) => {
      const { momentum, next } = update(b, w!, m!, product(b, dy!, dy!))
      const view = b.emit('Reshape', [momentum, b.ints([90_000])], [90_000])
      return { momentum, next, sum: b.emit('Add', [view, flat!], [90_000]) }
    })
    expect(split(graph)).toBe('MatMul | Mul Add Mul Sub Add')
  })

  test('leaves what a product still reads, and what is too small to pay', () => {
    const graph = graphOf({ ...shapes, s: [] }, (b, { x, dy, w, m, s }) => {
      const { momentum, next } = update(b, w!, m!, product(b, dy!, dy!))
      return {
        momentum,
        y: product(b, x!, next),
        t: b.emit(
          'Exp',
          [product(b, b.emit('Reshape', [s!, b.ints([1, 1])], [1, 1]), b.constant([1], [1, 1]))],
          [1, 1],
        ),
      }
    })
    expect(split(graph)).toBe('MatMul Mul Add Mul Sub MatMul Reshape MatMul Exp | ')
  })

  test('keeps truth values on one side', () => {
    const graph = graphOf({ x: [LARGE], y: [LARGE] }, (b, { x, y }) => {
      const larger = b.emit('Greater', [x!, y!], [LARGE], {}, 'bool')
      const odd = b.emit('Xor', [larger, larger], [LARGE], {}, 'bool')
      const chosen = b.emit('Where', [odd, x!, y!], [LARGE], {}, 'float32')
      const four = [1, 2, 3, 4].reduce((value) => b.emit('Neg', [value], [LARGE]), chosen)
      return { four, larger }
    })
    expect(split(graph)).toBe('Greater Xor Where | Neg Neg Neg Neg')
  })

  test('sees through views', () => {
    const graph = graphOf({ ...shapes, flat: [90_000] }, (b, { dy, flat }) => {
      const g = b.emit('Reshape', [product(b, dy!, dy!), b.ints([90_000])], [90_000])
      const { momentum, next } = update(b, flat!, flat!, g)
      return { momentum, next: b.emit('Reshape', [next, b.ints(square)], square) }
    })
    const { tail, handed } = splitTail(separateOutputs(graph))
    expect(names(tail)).toBe('Mul Add Mul Sub Reshape')
    expect(handed.map(({ value }) => value.shape)).toEqual([square])
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
