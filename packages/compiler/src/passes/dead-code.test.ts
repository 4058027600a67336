import { expect, test } from 'vitest'
import { graphOf, operatorsAfter } from '../testing/graphs'
import { dropDeadCode } from './dead-code'

test('drops what no output needs, and what only that needed', () => {
  const graph = graphOf({ x: [3] }, (b, { x }) => {
    b.emit('Exp', [b.emit('Neg', [x!], [3])], [3])
    return { y: b.emit('Abs', [x!], [3]) }
  })
  expect(operatorsAfter(dropDeadCode, graph)).toEqual(['Abs'])
})

test('keeps a node of which one output is read', () => {
  const graph = graphOf({ x: [4] }, (b, { x }) => {
    const halves = b.emitAll(
      'Split',
      [x!, b.ints([2, 2])],
      [
        { shape: [2], dtype: 'float32' },
        { shape: [2], dtype: 'float32' },
      ],
    )
    return { y: halves[1]! }
  })
  expect(operatorsAfter(dropDeadCode, graph)).toEqual(['Split'])
})
