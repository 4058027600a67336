import { expect, test } from 'vitest'
import type { Graph } from '../graph/graph'
import { graphOf, textAfter } from '../testing/graphs'
import { dropDeadCode } from './dead-code'
import { foldConstants } from './fold-constants'

const fold = (graph: Graph) => dropDeadCode(foldConstants(graph))

test('evaluates what depends on no input, rounding as float32 does', () => {
  const graph = graphOf({ x: [2] }, (b, { x }) => {
    const tenth = b.emit('Div', [b.scalar(1), b.scalar(10)], [])
    return { y: b.emit('Mul', [x!, b.emit('Neg', [tenth], [])], [2]) }
  })
  expect(textAfter(fold, graph)).toBe(`%1:[2] = Mul(x, {${-Math.fround(0.1)}})\ny <- %1`)
})

test('sums and means of filled arrays need no array', () => {
  const graph = graphOf({ x: [] }, (b, { x }) => {
    const ones = b.constant([2], [3, 5])
    const sum = b.emit('ReduceSum', [ones, b.ints([0, 1])], [], { keepdims: 0 })
    const mean = b.emit('ReduceMean', [ones, b.ints([0])], [5], { keepdims: 0 })
    return { y: b.emit('Mul', [x!, sum], []), z: b.emit('Mul', [x!, mean], [5]) }
  })
  expect(textAfter(fold, graph)).toBe('%1:[] = Mul(x, {30})\n%2:[5] = Mul(x, {2 × [5]})\ny <- %1\nz <- %2')
})

test('leaves alone what depends on an input', () => {
  const graph = graphOf({ x: [2] }, (b, { x }) => ({ y: b.emit('Add', [x!, b.scalar(1)], [2]) }))
  expect(fold(graph).nodes).toHaveLength(1)
})
