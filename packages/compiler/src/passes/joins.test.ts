import { expect, test } from 'vitest'
import type { Builder } from '../graph/builder'
import type { Graph, Value } from '../graph/graph'
import { graphOf, operatorsAfter, textAfter } from '../testing/graphs'
import { dropDeadCode } from './dead-code'
import { joinRules } from './joins'
import { rewrite } from './rewrite'

const once = rewrite(...joinRules)
const simplify = (graph: Graph) => dropDeadCode(once(dropDeadCode(once(graph))))
const reshape = (b: Builder, x: Value, shape: number[]) => b.emit('Reshape', [x, b.ints(shape)], shape)
const cut = (b: Builder, x: Value, sizes: number[], axis: number) =>
  b.emitAll(
    'Split',
    [x, b.ints(sizes)],
    sizes.map((size) => ({ shape: x.shape.map((e, i) => (i === axis ? size : e)), dtype: x.dtype })),
    { axis },
  )

test('pieces cut where they were joined are the pieces', () => {
  const graph = (sizes: number[], axis: number) =>
    graphOf({ x: [2, 3], y: [2, 3] }, (b, { x, y }) => {
      const joined = b.emit('Concat', [x!, y!], [4, 3], { axis: 0 })
      const [first, second] = cut(b, joined, sizes, axis)
      return { a: b.emit('Neg', [first!], first!.shape), b: second! }
    })
  expect(textAfter(simplify, graph([2, 2], 0))).toBe('%2:[2,3] = Neg(x)\na <- %2\nb <- y')
  expect(operatorsAfter(simplify, graph([1, 3], 0))).toEqual(['Concat', 'Split', 'Neg'])
  expect(operatorsAfter(simplify, graph([1, 2], 1))).toEqual(['Concat', 'Split', 'Neg'])
})

test('pieces joined as they were cut are the whole', () => {
  const graph = (order: number[]) =>
    graphOf({ x: [4, 3] }, (b, { x }) => {
      const pieces = cut(b, x!, [1, 3], 0)
      const taken = order.map((i) => pieces[i]!)
      const rows = taken.reduce((sum, { shape }) => sum + shape[0]!, 0)
      return { y: b.emit('Concat', taken, [rows, 3], { axis: 0 }) }
    })
  expect(textAfter(simplify, graph([0, 1]))).toBe('y <- x')
  for (const order of [[1, 0], [0], [0, 1, 1]])
    expect(operatorsAfter(simplify, graph(order))).toEqual(['Split', 'Concat'])
})

test('a vector that was repeated along time is itself at every step', () => {
  const graph = graphOf({ x: [5, 2] }, (b, { x }) => {
    const repeated = b.emit('Expand', [reshape(b, x!, [5, 1, 1, 2]), b.ints([5, 3, 1, 2])], [5, 3, 1, 2])
    const sequence = reshape(b, repeated, [5, 3, 2])
    const columns = b.emit('Transpose', [sequence], [3, 2, 5], { perm: [1, 2, 0] })
    const steps = cut(b, reshape(b, columns, [6, 5]), [2, 2, 2], 0)
    return { y: b.emit('Add', [steps[0]!, steps[2]!], [2, 5]) }
  })
  expect(textAfter(simplify, graph)).toBe(
    [
      '%1:[5,1,1,2] = Reshape(x, {5 1 1 2})',
      '%2:[5,1,2] = Reshape(%1, {5 1 2})',
      '%3:[1,2,5] = Transpose(%2, perm=[1,2,0])',
      '%4:[2,5] = Reshape(%3, {2 5})',
      '%5:[2,5] = Add(%4, %4)',
      'y <- %5',
    ].join('\n'),
  )
})

test('what is repeated otherwise is cut', () => {
  const graph = (wide: number[], sizes: number[]) =>
    graphOf({ x: [1, 4] }, (b, { x }) => {
      const repeated = b.emit('Expand', [x!, b.ints(wide)], wide)
      return { y: cut(b, repeated, sizes, 0)[0]! }
    })
  expect(operatorsAfter(simplify, graph([4, 4], [1, 1, 1, 1]))).toEqual(['Reshape'])
  expect(operatorsAfter(simplify, graph([4, 4], [2, 2]))).toEqual(['Expand', 'Split'])
})

test('a sum over steps that were joined for it adds them', () => {
  const graph = graphOf({ x: [2, 3], y: [2, 3], z: [2, 3] }, (b, { x, y, z }) => {
    const stack = reshape(b, b.emit('Concat', [x!, y!, z!], [6, 3], { axis: 0 }), [3, 2, 3])
    return { sum: b.emit('ReduceSum', [stack, b.ints([0])], [2, 3], { keepdims: 0 }) }
  })
  expect(textAfter(simplify, graph)).toBe('%3:[2,3] = Add(x, y)\n%4:[2,3] = Add(%3, z)\nsum <- %4')
})

test('unless something else reads the whole, or the sum is not over the steps', () => {
  const graph = (axis: number, keep: boolean) =>
    graphOf({ x: [2, 3], y: [2, 3] }, (b, { x, y }) => {
      const stack = reshape(b, b.emit('Concat', [x!, y!], [4, 3], { axis: 0 }), [2, 2, 3])
      const shape = stack.shape.filter((_, i) => i !== axis)
      const sum = b.emit('ReduceSum', [stack, b.ints([axis])], shape, { keepdims: 0 })
      return { sum, ...(keep && { stack }) }
    })
  expect(operatorsAfter(simplify, graph(0, false))).toEqual(['Add'])
  expect(operatorsAfter(simplify, graph(1, false))).toEqual(['Concat', 'Reshape', 'ReduceSum'])
  expect(operatorsAfter(simplify, graph(0, true))).toEqual(['Concat', 'Reshape', 'ReduceSum'])
})

test('a sum comes before transposing, and does not see extents of 1', () => {
  const graph = graphOf({ x: [4, 3, 5] }, (b, { x }) => {
    const turned = b.emit('Transpose', [x!], [5, 4, 3], { perm: [2, 0, 1] })
    const units = reshape(b, turned, [5, 4, 1, 1, 3])
    return { sum: b.emit('ReduceSum', [units, b.ints([1, 3])], [5, 1, 3], { keepdims: 0 }) }
  })
  expect(textAfter(simplify, graph)).toBe(
    [
      '%1:[3,5] = ReduceSum(x, {0}, keepdims=0)',
      '%2:[5,3] = Transpose(%1, perm=[1,0])',
      '%3:[5,1,3] = Reshape(%2, {5 1 3})',
      'sum <- %3',
    ].join('\n'),
  )
})
