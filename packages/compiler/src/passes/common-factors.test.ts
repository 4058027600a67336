import { add, matMul, type Tensor2D, transpose } from '@tensorflow/tfjs-core'
import { expect, test } from 'vitest'
import type { Builder } from '../graph/builder'
import type { Graph, Value } from '../graph/graph'
import { graphOf, operatorsAfter, textAfter } from '../testing/graphs'
import { expectAgreement, runCompiled, runEagerly, sample } from '../testing/parity'
import { takeOutFactors } from './common-factors'
import { dropDeadCode } from './dead-code'

const simplify = (graph: Graph) => dropDeadCode(takeOutFactors(graph))
const times = (b: Builder, x: Value, y: Value) => b.emit('MatMul', [x, y], [x.shape[0]!, y.shape[1]!])
const plus = (b: Builder, x: Value, y: Value) => b.emit('Add', [x, y], x.shape)
const square = { a: [2, 2], x: [2, 2], y: [2, 2], z: [2, 2] }

test('a factor on the left of products is taken out of their sum', () => {
  const graph = graphOf(square, (b, { a, x, y, z }) => ({
    sum: plus(b, plus(b, times(b, a!, x!), times(b, a!, y!)), times(b, a!, z!)),
  }))
  expect(textAfter(simplify, graph)).toBe(
    ['%4:[2,2] = Add(x, y)', '%5:[2,2] = Add(%4, z)', '%6:[2,2] = MatMul(a, %5)', 'sum <- %6'].join('\n'),
  )
})

test('and one on the right, beside other terms', () => {
  const graph = graphOf(square, (b, { a, x, y, z }) => ({
    sum: plus(b, plus(b, times(b, x!, a!), z!), times(b, y!, a!)),
  }))
  expect(textAfter(simplify, graph)).toBe(
    ['%4:[2,2] = Add(x, y)', '%5:[2,2] = MatMul(%4, a)', '%6:[2,2] = Add(%5, z)', 'sum <- %6'].join('\n'),
  )
})

test('products without a common factor, that something else reads, or on different sides stay', () => {
  const others: ((b: Builder, v: Record<string, Value>) => Record<string, Value>)[] = [
    (b, { a, x, y, z }) => ({ sum: plus(b, times(b, a!, x!), times(b, z!, y!)) }),
    (b, { a, x, y }) => ({ sum: plus(b, times(b, a!, x!), times(b, y!, a!)) }),
    (b, { a, x, y }) => {
      const first = times(b, a!, x!)
      return { sum: plus(b, first, times(b, a!, y!)), first }
    },
  ]
  for (const write of others)
    expect(operatorsAfter(simplify, graphOf(square, write))).toEqual(['MatMul', 'MatMul', 'Add'])
})

test('partial sums that something else reads stay', () => {
  const graph = graphOf(square, (b, { a, x, y, z }) => {
    const part = plus(b, times(b, a!, x!), times(b, a!, y!))
    return { sum: plus(b, part, times(b, a!, z!)), part }
  })
  expect(operatorsAfter(simplify, graph)).toEqual(['Add', 'MatMul', 'MatMul', 'Add'])
})

test('the value is the same', async () => {
  const f = ({ a, x, y, z }: Record<string, Tensor2D>) => {
    const terms = [
      matMul(a!, x!),
      matMul(transpose(y!), x!),
      z!,
      matMul(a!, y!),
      matMul(z!, x!),
      matMul(a!, z!),
    ]
    return { sum: terms.reduce((s, t) => add(s, t)) }
  }
  const inputs = Object.fromEntries(['a', 'x', 'y', 'z'].map((name) => [name, sample(name, [3, 3])]))
  expectAgreement(await runCompiled(f as never, inputs), await runEagerly(f as never, inputs))
})
