import { expect, test } from 'vitest'
import type { Builder } from '../graph/builder'
import type { Graph, Value } from '../graph/graph'
import { graphOf, operatorsAfter, textAfter } from '../testing/graphs'
import { dropDeadCode } from './dead-code'
import { simplifyShapes } from './reshapes'

const simplify = (graph: Graph) => dropDeadCode(simplifyShapes(dropDeadCode(simplifyShapes(graph))))
const reshape = (b: Builder, x: Value, shape: number[]) => b.emit('Reshape', [x, b.ints(shape)], shape)

test('a reshape of a reshape is one, and none when it leads back', () => {
  const graph = graphOf({ x: [2, 6] }, (b, { x }) => ({
    y: reshape(b, reshape(b, x!, [12]), [3, 4]),
    z: reshape(b, reshape(b, x!, [3, 4]), [2, 6]),
  }))
  expect(textAfter(simplify, graph)).toBe('%1:[3,4] = Reshape(x, {3 4})\ny <- %1\nz <- x')
})

test('elementwise maths on both sides of a reshape meets in the flat shape', () => {
  const graph = graphOf({ x: [2, 6] }, (b, { x }) => {
    const cube = b.emit('Exp', [reshape(b, x!, [2, 3, 2])], [2, 3, 2])
    return { y: b.emit('Neg', [reshape(b, cube, [2, 6])], [2, 6]) }
  })
  expect(operatorsAfter(simplify, graph)).toEqual(['Exp', 'Neg'])
})

test('an input in another shape is flattened once', () => {
  const graph = graphOf({ image: [2, 3, 2], z: [2, 6] }, (b, { image, z }) => {
    const product = b.emit('Mul', [image!, reshape(b, z!, [2, 3, 2])], [2, 3, 2])
    return { y: reshape(b, product, [2, 6]) }
  })
  expect(operatorsAfter(simplify, graph)).toEqual(['Reshape', 'Mul'])
})

test('a mean of means is one mean', () => {
  const graph = graphOf({ x: [4, 6] }, (b, { x }) => {
    const rows = b.emit('ReduceMean', [x!, b.ints([1])], [4], { keepdims: 0 })
    return { y: b.emit('ReduceMean', [rows, b.ints([0])], [], { keepdims: 0 }) }
  })
  expect(textAfter(simplify, graph)).toBe('%1:[] = ReduceMean(x, {0 1}, keepdims=0)\ny <- %1')
})

test('multiplying by an array of ones is broadcasting, which elementwise consumers do themselves', () => {
  const graph = graphOf({ dy: [1], x: [4] }, (b, { dy, x }) => {
    const spread = b.emit('Mul', [dy!, b.constant([1], [4])], [4])
    return { y: b.emit('Mul', [x!, spread], [4]) }
  })
  expect(textAfter(simplify, graph)).toBe('%2:[4] = Mul(x, dy)\ny <- %2')
})

test('operands that are expanded alike are expanded afterwards, of others one alone', () => {
  const graph = graphOf({ x: [3, 1], row: [1, 4] }, (b, { x, row }) => {
    const wide = (value: Value) => b.emit('Expand', [value, b.ints([3, 4])], [3, 4])
    return {
      square: b.emit('Mul', [wide(x!), wide(x!)], [3, 4]),
      sum: b.emit('Add', [wide(x!), wide(row!)], [3, 4]),
    }
  })
  expect(textAfter(simplify, graph).split('\n')).toEqual([
    '%2:[3,1] = Mul(x, x)',
    '%3:[3,4] = Expand(%2, {3 4})',
    '%4:[3,4] = Expand(row, {3 4})',
    '%5:[3,4] = Add(x, %4)',
    'square <- %3',
    'sum <- %5',
  ])
})

test('transposes cancel, and moving extents of 1 is a reshape', () => {
  const graph = graphOf({ x: [2, 3, 4, 5], v: [7, 1] }, (b, { x, v }) => {
    const first = b.emit('Transpose', [x!], [2, 5, 3, 4], { perm: [0, 3, 1, 2] })
    return {
      y: b.emit('Transpose', [first], [2, 3, 4, 5], { perm: [0, 2, 3, 1] }),
      w: b.emit('Transpose', [v!], [1, 7], { perm: [1, 0] }),
    }
  })
  expect(textAfter(simplify, graph)).toBe('%2:[1,7] = Reshape(v, {1 7})\ny <- x\nw <- %2')
})
