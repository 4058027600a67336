import { expect, test } from 'vitest'
import { graphOf, operatorsAfter } from '../testing/graphs'
import { shareTransposes } from './share-transposes'

const products = (count: number, transA: number) =>
  graphOf({ w: [3, 3], x: [3, 2] }, (b, { w, x }) => {
    let y = x!
    for (let i = 0; i < count; i++) y = b.emit('Gemm', [w!, y], [3, 2], { transA, transB: 0 })
    return { y }
  })

test('the left factor of many products is transposed once', () => {
  const { nodes } = shareTransposes(products(5, 1))
  expect(nodes.map(({ op }) => op)).toEqual(['Transpose', ...Array(5).fill('Gemm')])
  for (const { inputs, attributes } of nodes.slice(1)) {
    expect(inputs[0]).toBe(nodes[0]!.outputs[0])
    expect(attributes).toEqual({ transA: 0, transB: 0 })
  }
})

test('that of few, and one that is not transposed, stays', () => {
  expect(operatorsAfter(shareTransposes, products(3, 1))).toEqual(Array(3).fill('Gemm'))
  expect(operatorsAfter(shareTransposes, products(5, 0))).toEqual(Array(5).fill('Gemm'))
})
