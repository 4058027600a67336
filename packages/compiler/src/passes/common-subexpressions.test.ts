import { expect, test } from 'vitest'
import { graphOf, operatorsAfter, textAfter } from '../testing/graphs'
import { shareCommonSubexpressions } from './common-subexpressions'

test('computes equal expressions once, whatever the order of commutative operands', () => {
  const graph = graphOf({ x: [3], y: [3] }, (b, { x, y }) => ({
    a: b.emit('Exp', [b.emit('Add', [x!, y!], [3])], [3]),
    c: b.emit('Exp', [b.emit('Add', [y!, x!], [3])], [3]),
  }))
  expect(textAfter(shareCommonSubexpressions, graph)).toBe(
    '%2:[3] = Add(x, y)\n%3:[3] = Exp(%2)\na <- %3\nc <- %3',
  )
})

test('tells apart operand order, attributes and constants', () => {
  const graph = graphOf({ x: [3], y: [3] }, (b, { x, y }) => ({
    a: b.emit('Sub', [x!, y!], [3]),
    c: b.emit('Sub', [y!, x!], [3]),
    d: b.emit('Mul', [x!, b.scalar(2)], [3]),
    e: b.emit('Mul', [x!, b.scalar(3)], [3]),
    f: b.emit('LeakyRelu', [x!], [3], { alpha: { float: 0.1 } }),
    g: b.emit('LeakyRelu', [x!], [3], { alpha: { float: 0.2 } }),
  }))
  expect(operatorsAfter(shareCommonSubexpressions, graph)).toHaveLength(6)
})
