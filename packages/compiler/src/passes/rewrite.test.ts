import { expect, test } from 'vitest'
import { graphOf } from '../testing/graphs'
import { type Rule, rewrite } from './rewrite'

const chain = () =>
  graphOf({ x: [2] }, (b, { x }) => {
    const a = b.emit('Neg', [x!], [2])
    return { y: b.emit('Add', [b.emit('Abs', [a], [2]), a], [2]) }
  })

test('a graph to which no rule applies is given back itself', () => {
  const graph = chain()
  const wasteful: Rule = (_, { build }) => {
    build.scalar(1)
    build.emit('Exp', [graph.inputs[0]!.value], [2])
    return undefined
  }
  expect(rewrite(wasteful)(graph)).toBe(graph)
})

test('a rule that gives another shape is refused', () => {
  const taller: Rule = ({ op, inputs }, { build }) =>
    op === 'Neg' ? [build.emit('Reshape', [inputs[0]!, build.ints([2, 1])], [2, 1])] : undefined
  expect(() => rewrite(taller)(chain())).toThrow("a pass made [2,1] of Neg's [2]")
})

test('rules see what is made, and uses that move with a replacement', () => {
  const uses: number[] = []
  const rule: Rule = ({ op, inputs }, { producer, uses: count }) => {
    if (op === 'Neg') return [inputs[0]!]
    if (op !== 'Add') return
    uses.push(count(inputs[1]!))
    expect(producer(inputs[0]!)?.op).toBe('Abs')
    return
  }
  const graph = chain()
  const { nodes } = rewrite(rule)(graph)
  expect(nodes.map(({ op, inputs }) => [op, inputs.at(-1)])).toEqual([
    ['Abs', graph.inputs[0]!.value],
    ['Add', graph.inputs[0]!.value],
  ])
  // One of the input itself, two of the negation that it replaces.
  expect(uses).toEqual([3])
})
