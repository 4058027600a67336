import { expect, test } from 'vitest'
import type { Builder } from '../graph/builder'
import type { Value } from '../graph/graph'
import { graphOf, operatorsAfter } from '../testing/graphs'
import { mergeGemms } from './merge-gemms'

const term = (b: Builder, x: Value, y: Value, sum?: Value) =>
  b.emit('Gemm', sum ? [x, y, sum] : [x, y], [3, 2], { transA: 1, transB: 0 })

function sumOf(count: number, keep = false, rows = 4) {
  const shapes = Object.fromEntries(
    Array.from({ length: count }, (_, i) => [
      [`x${i}`, [rows, 3]],
      [`y${i}`, [rows, 2]],
    ]).flat(),
  )
  return graphOf(shapes, (b, inputs) => {
    const sums: Value[] = []
    for (let i = 0; i < count; i++) sums.push(term(b, inputs[`x${i}`]!, inputs[`y${i}`]!, sums.at(-1)))
    const outputs: Record<string, Value> = { sum: sums.at(-1)! }
    if (keep) outputs.part = sums[1]!
    return outputs
  })
}

test('a sum of products becomes one product of joined factors', () => {
  const graph = mergeGemms(sumOf(5))
  expect(graph.nodes.map(({ op }) => op)).toEqual(['Concat', 'Concat', 'Gemm'])
  expect(graph.nodes.map(({ outputs }) => outputs[0]!.shape)).toEqual([
    [20, 3],
    [20, 2],
    [3, 2],
  ])
})

test('short sums stay', () => {
  expect(operatorsAfter(mergeGemms, sumOf(3))).toEqual(['Gemm', 'Gemm', 'Gemm'])
})

test('long factors are not copied for it', () => {
  expect(operatorsAfter(mergeGemms, sumOf(5, false, 5))).not.toContain('Concat')
})

test('a partial sum that something else reads ends the chain', () => {
  const graph = mergeGemms(sumOf(6, true))
  expect(graph.nodes.map(({ op }) => op)).toEqual(['Gemm', 'Gemm', 'Concat', 'Concat', 'Gemm'])
  expect(graph.nodes.at(-1)!.inputs).toHaveLength(3)
})
