import { expect, test } from 'vitest'
import { graphOf } from '../testing/graphs'
import { flops, threadsFor } from './threads'

test('counts two operations a multiply-add', () => {
  const graph = graphOf(
    { x: [4, 3], w: [4, 5], k: [6, 2, 3, 3], image: [1, 2, 8, 8], y: [1, 6, 6, 6] },
    (b, i) => ({
      gemm: b.emit('Gemm', [i.x!, i.w!], [3, 5], { transA: 1, transB: 0 }),
      conv: b.emit('Conv', [i.image!, i.k!], [1, 6, 6, 6]),
      back: b.emit('ConvTranspose', [i.y!, i.k!], [1, 2, 8, 8]),
      product: b.emit('MatMul', [i.x!, i.w!], [4, 5]),
      other: b.emit('Exp', [i.x!], [4, 3]),
    }),
  )
  const conv = 2 * 216 * 18
  expect(graph.nodes.map(flops)).toEqual([2 * 15 * 4, conv, conv, 2 * 20 * 3, 0])
})

test('one thread for a small graph, the runtime’s choice for a large one', () => {
  const product = (n: number) =>
    graphOf({ a: [n, n], b: [n, n] }, (build, { a, b }) => ({ c: build.emit('MatMul', [a!, b!], [n, n]) }))
  expect(threadsFor(product(100))).toBe(1)
  expect(threadsFor(product(400))).toBeUndefined()
  expect([threadsFor(product(100), 3), threadsFor(product(400), 3)]).toEqual([1, 3])
})
