import { describe, expect, test } from 'vitest'
import type { Builder } from '../graph/builder'
import type { Graph, Value } from '../graph/graph'
import { graphOf, textAfter } from '../testing/graphs'
import { simplifyAlgebra } from './algebra'
import { dropDeadCode } from './dead-code'

const simplify = (graph: Graph) => dropDeadCode(simplifyAlgebra(graph))
type Formula = (b: Builder, x: Value, y: Value) => Value
const op = (b: Builder, name: string, ...inputs: Value[]) => b.emit(name, inputs, [3])

describe.each<[string, Formula, string]>([
  ['x · 1', (b, x) => op(b, 'Mul', x, b.scalar(1)), 'z <- x'],
  ['1 · x', (b, x) => op(b, 'Mul', b.scalar(1), x), 'z <- x'],
  ['x / 1', (b, x) => op(b, 'Div', x, b.scalar(1)), 'z <- x'],
  ['x + 0', (b, x) => op(b, 'Add', x, b.scalar(0)), 'z <- x'],
  ['x − 0', (b, x) => op(b, 'Sub', x, b.scalar(0)), 'z <- x'],
  ['0 − x', (b, x) => op(b, 'Sub', b.scalar(0), x), '%2:[3] = Neg(x)\nz <- %2'],
  ['−(−x)', (b, x) => op(b, 'Neg', op(b, 'Neg', x)), 'z <- x'],
  ['−(x − y)', (b, x, y) => op(b, 'Neg', op(b, 'Sub', x, y)), '%2:[3] = Sub(y, x)\nz <- %2'],
  ['x + (−y)', (b, x, y) => op(b, 'Add', x, op(b, 'Neg', y)), '%2:[3] = Sub(x, y)\nz <- %2'],
  ['x − (−y)', (b, x, y) => op(b, 'Sub', x, op(b, 'Neg', y)), '%2:[3] = Add(x, y)\nz <- %2'],
  ['(−x) + y', (b, x, y) => op(b, 'Add', op(b, 'Neg', x), y), '%2:[3] = Sub(y, x)\nz <- %2'],
  [
    '(2x) · 3',
    (b, x) => op(b, 'Mul', op(b, 'Mul', x, b.scalar(2)), b.scalar(3)),
    '%2:[3] = Mul(x, {6})\nz <- %2',
  ],
  [
    '(x / 4) · 2',
    (b, x) => op(b, 'Mul', op(b, 'Div', x, b.scalar(4)), b.scalar(2)),
    '%2:[3] = Mul(x, {0.5})\nz <- %2',
  ],
  [
    '2x + 2y',
    (b, x, y) => op(b, 'Add', op(b, 'Mul', x, b.scalar(2)), op(b, 'Mul', y, b.scalar(2))),
    '%2:[3] = Add(x, y)\n%3:[3] = Mul(%2, {2})\nz <- %3',
  ],
  [
    '(−2)x + 2y',
    (b, x, y) => op(b, 'Add', op(b, 'Mul', b.scalar(-2), x), op(b, 'Mul', y, b.scalar(2))),
    '%2:[3] = Sub(y, x)\n%3:[3] = Mul(%2, {2})\nz <- %3',
  ],
  ['x + an array of ones', (b, x) => op(b, 'Add', x, b.constant([1], [3])), '%2:[3] = Add(x, {1})\nz <- %2'],
  [
    '2x + 3y',
    (b, x, y) => op(b, 'Add', op(b, 'Mul', x, b.scalar(2)), op(b, 'Mul', y, b.scalar(3))),
    '%2:[3] = Mul(x, {2})\n%3:[3] = Mul(y, {3})\n%4:[3] = Add(%2, %3)\nz <- %4',
  ],
  ['x / y', (b, x, y) => op(b, 'Div', x, y), '%2:[3] = Div(x, y)\nz <- %2'],
])('%s', (_, formula, expected) => {
  test('before and after', () => {
    const graph = graphOf({ x: [3], y: [3] }, (b, { x, y }) => ({ z: formula(b, x!, y!) }))
    expect(textAfter(simplify, graph)).toBe(expected)
  })
})

test('a broadcast that an identity hides is kept', () => {
  const graph = graphOf({ x: [1] }, (b, { x }) => ({ z: b.emit('Add', [x!, b.constant([0], [3])], [3]) }))
  expect(simplify(graph).nodes).toHaveLength(1)
})
