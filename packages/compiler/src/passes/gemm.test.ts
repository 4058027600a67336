import { expect, test } from 'vitest'
import type { Builder } from '../graph/builder'
import type { Graph, Value } from '../graph/graph'
import { graphOf, operatorsAfter, textAfter } from '../testing/graphs'
import { dropDeadCode } from './dead-code'
import { fuseGemms } from './gemm'

const fuse = (graph: Graph) => dropDeadCode(fuseGemms(dropDeadCode(fuseGemms(graph))))

test('transposes and bias go into the product', () => {
  const graph = graphOf({ x: [4, 2], w: [3, 4], b: [3] }, (build, { x, w, b }) => {
    const xt = build.emit('Transpose', [x!], [2, 4], { perm: [1, 0] })
    const wt = build.emit('Transpose', [w!], [4, 3], { perm: [1, 0] })
    return { y: build.emit('Add', [build.emit('MatMul', [xt, wt], [2, 3]), b!], [2, 3]) }
  })
  expect(textAfter(fuse, graph)).toBe('%3:[2,3] = Gemm(x, w, b, transA=1, transB=1)\ny <- %3')
})

test('w − η·(A·B) is one product that starts from w', () => {
  const graph = graphOf({ a: [4, 2], b: [2, 3], w: [4, 3], rate: [] }, (build, { a, b, w, rate }) => {
    const step = build.emit('Mul', [rate!, build.emit('MatMul', [a!, b!], [4, 3])], [4, 3])
    return { y: build.emit('Sub', [w!, step], [4, 3]) }
  })
  expect(operatorsAfter(fuse, graph)).toEqual(['Neg', 'Mul', 'Gemm'])
})

test('a factor much larger than the weights is not scaled', () => {
  const graph = graphOf({ a: [9, 2], b: [9, 3], w: [2, 3], rate: [] }, (build, { a, b, w, rate }) => {
    const at = build.emit('Transpose', [a!], [2, 9], { perm: [1, 0] })
    const step = build.emit('Mul', [rate!, build.emit('MatMul', [at, b!], [2, 3])], [2, 3])
    return { y: build.emit('Sub', [w!, step], [2, 3]) }
  })
  expect(operatorsAfter(fuse, graph)).toEqual(['Gemm', 'Mul', 'Sub'])
})

test('the sum of a factor takes it scaled when a product does', () => {
  const step = (build: Builder, gradient: Value, w: Value, rate: Value) =>
    build.emit('Sub', [w, build.emit('Mul', [rate, gradient], w.shape)], w.shape)
  const graph = (withProduct: boolean) =>
    graphOf({ a: [4, 2], b: [2, 3], w: [4, 3], c: [3], rate: [] }, (build, { a, b, w, c, rate }) => {
      const sum = build.emit('ReduceSum', [b!, build.ints([0])], [3], { keepdims: 0 })
      const y = withProduct && { y: step(build, build.emit('MatMul', [a!, b!], [4, 3]), w!, rate!) }
      return { z: step(build, sum, c!, rate!), ...y }
    })
  expect(operatorsAfter(fuse, graph(true))).toEqual(['Neg', 'Mul', 'Gemm', 'Neg', 'Mul', 'ReduceSum', 'Add'])
  expect(operatorsAfter(fuse, graph(false))).toEqual(['ReduceSum', 'Mul', 'Sub'])
})

test('a product that something else reads stays', () => {
  const graph = graphOf({ a: [4, 2], b: [2, 3], w: [4, 3], rate: [] }, (build, { a, b, w, rate }) => {
    const gradient = build.emit('MatMul', [a!, b!], [4, 3])
    const step = build.emit('Mul', [rate!, gradient], [4, 3])
    return { y: build.emit('Sub', [w!, step], [4, 3]), gradient }
  })
  expect(operatorsAfter(fuse, graph)).toEqual(['Gemm', 'Mul', 'Sub'])
})

test('batched products are left alone', () => {
  const graph = graphOf({ a: [5, 4, 2], b: [5, 2, 3] }, (build, { a, b }) => ({
    y: build.emit('MatMul', [a!, b!], [5, 4, 3]),
  }))
  expect(operatorsAfter(fuse, graph)).toEqual(['MatMul'])
})

test('a number times a factor, or what is summed, is multiplied in where it costs nothing', () => {
  const graph = graphOf({ a: [8, 4], b: [8, 5] }, (build, { a, b }) => {
    const scaled = build.emit('Mul', [b!, build.scalar(0.5)], [8, 5])
    return {
      product: build.emit('Gemm', [a!, scaled], [4, 5], { transA: 1, transB: 0 }),
      sum: build.emit('ReduceSum', [scaled, build.ints([0])], [5], { keepdims: 0 }),
    }
  })
  expect(textAfter((given) => dropDeadCode(fuseGemms(given)), graph)).toBe(
    [
      '%2:[4,5] = Gemm(a, b, transA=1, transB=0, alpha={"float":0.5})',
      '%3:[5] = ReduceSum(b, {0}, keepdims=0)',
      '%4:[5] = Mul(%3, {0.5})',
      'product <- %2',
      'sum <- %4',
    ].join('\n'),
  )
})
