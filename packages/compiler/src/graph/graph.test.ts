import { describe, expect, test } from 'vitest'
import { createBuilder } from './builder'
import { elements, makeValue, type Node, sameExtents, splatOf } from './graph'
import { printGraph } from './print-graph'

function build() {
  const nodes: Node[] = []
  return { nodes, builder: createBuilder(nodes) }
}

describe('values', () => {
  test('are told apart by identity', () => {
    const [a, b] = [makeValue([2], 'float32'), makeValue([2], 'float32')]
    expect(a.id).not.toBe(b.id)
  })

  test('have elements, and may be filled with one number', () => {
    expect([elements([]), elements([2, 3]), elements([2, 0])]).toEqual([1, 6, 0])
    expect(splatOf(makeValue([2], 'float32', [3]))).toBe(3)
    expect(splatOf(makeValue([2], 'float32', [3, 4]))).toBeUndefined()
    expect(splatOf(makeValue([2], 'float32'))).toBeUndefined()
    expect([sameExtents([1, 2], [1, 2]), sameExtents([1], [1, 2]), sameExtents([2], [1])]).toEqual([
      true,
      false,
      false,
    ])
  })
})

describe('the builder', () => {
  test('refuses operators on every element that make another shape', () => {
    const { builder } = build()
    const [column, row] = [makeValue([2, 1], 'float32'), makeValue([3], 'float32')]
    expect(builder.emit('Add', [column, row], [2, 3]).shape).toEqual([2, 3])
    expect(() => builder.emit('Mul', [column, column], [2, 3])).toThrow(
      'Mul of [2,1], [2,1] has the shape [2,1], not [2,3]',
    )
    expect(() => builder.emit('Relu', [row], [1, 3])).toThrow('Relu of [3] has the shape [3], not [1,3]')
  })

  test('appends nodes whose outputs have the type of the first input, or the one given', () => {
    const { nodes, builder } = build()
    const x = makeValue([2], 'int32')
    const y = builder.emit('Neg', [x], [2])
    const less = builder.emit('Less', [x, y], [2], {}, 'bool')
    const [a, b] = builder.emitAll(
      'Split',
      [x],
      [
        { shape: [1], dtype: 'int32' },
        { shape: [1], dtype: 'int32' },
      ],
      {
        axis: 0,
      },
    )
    expect([y.dtype, less.dtype]).toEqual(['int32', 'bool'])
    expect(nodes.map(({ op, outputs }) => [op, outputs])).toEqual([
      ['Neg', [y]],
      ['Less', [less]],
      ['Split', [a, b]],
    ])
    expect(nodes[2]!.attributes).toEqual({ axis: 0 })
  })

  test('makes constants of the right size', () => {
    const { nodes, builder } = build()
    expect(builder.scalar(2)).toMatchObject({ shape: [], dtype: 'float32', constant: [2] })
    expect(builder.ints([1, -1])).toMatchObject({ shape: [2], dtype: 'int64', constant: [1, -1] })
    expect(builder.constant([7], [2, 3]).constant).toEqual([7])
    expect(() => builder.constant([1, 2], [3])).toThrow('constant of 2 elements for shape [3]')
    expect(nodes).toEqual([])
  })
})

test('a graph prints as a line a node', () => {
  const { nodes, builder } = build()
  const x = makeValue([2, 3], 'float32')
  const sum = builder.emit('Add', [x, builder.constant([1], [3])], [2, 3])
  const [big] = builder.emitAll(
    'TopK',
    [sum, builder.ints([1])],
    [
      { shape: [2, 1], dtype: 'float32' },
      { shape: [2, 1], dtype: 'int64' },
    ],
  )
  const scaled = builder.emit('Mul', [big!, builder.constant([1, 2, 3, 4, 5], [5])], [2, 5], {
    alpha: { float: 0.5 },
  })
  const graph = {
    inputs: [{ name: 'x', value: x }],
    outputs: [
      { name: 'y', value: scaled },
      { name: 'same', value: x },
    ],
    nodes,
  }
  expect(printGraph(graph)).toBe(
    [
      '%1:[2,3] = Add(x, {1 × [3]})',
      '%2:[2,1], %3:[2,1] = TopK(%1, {1})',
      '%4:[2,5] = Mul(%2, {5 values}, alpha={"float":0.5})',
      'y <- %4',
      'same <- x',
    ].join('\n'),
  )
})
