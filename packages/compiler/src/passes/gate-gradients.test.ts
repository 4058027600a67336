import { concat, matMul, mul, sigmoid, split, type Tensor2D, tanh } from '@tensorflow/tfjs-core'
import { expect, test } from 'vitest'
import type { Builder } from '../graph/builder'
import type { Graph, Value } from '../graph/graph'
import { graphOf, operatorsAfter, textAfter } from '../testing/graphs'
import { expectAgreement, runCompiled, runEagerly, sample, withGradients } from '../testing/parity'
import { dropDeadCode } from './dead-code'
import { reuseGates } from './gate-gradients'

const simplify = (graph: Graph) => dropDeadCode(reuseGates(graph))
const op = (b: Builder, name: string, x: Value, y: Value) =>
  b.emit(name, [x, y], x.shape.length ? x.shape : y.shape)

/** s·t and its gradient in the input of t. */
function gatedTangent(known: boolean, square: (b: Builder, t: Value) => Value) {
  return graphOf({ x: [3], s: [3], d: [3] }, (b, { x, s, d }) => {
    const t = b.emit('Tanh', [x!], [3])
    const y = known ? op(b, 'Mul', s!, t) : t
    const gradient = op(b, 'Mul', op(b, 'Mul', d!, s!), op(b, 'Sub', b.scalar(1), square(b, t)))
    return { y, gradient }
  })
}

test('the gradient through a gated tangent starts from the gated value', () => {
  const graph = gatedTangent(true, (b, t) => op(b, 'Mul', t, t))
  expect(textAfter(simplify, graph)).toBe(
    [
      '%3:[3] = Tanh(x)',
      '%4:[3] = Mul(s, %3)',
      '%5:[3] = Mul(%4, %3)',
      '%6:[3] = Sub(s, %5)',
      '%7:[3] = Mul(d, %6)',
      'y <- %4',
      'gradient <- %7',
    ].join('\n'),
  )
})

test('only where there is a gated value, and the slope is that of the tangent', () => {
  const graphs = [
    gatedTangent(false, (b, t) => op(b, 'Mul', t, t)),
    gatedTangent(true, (b, t) => op(b, 'Mul', t, b.emit('Exp', [t], [3]))),
  ]
  for (const graph of graphs) expect(simplify(graph).nodes).toHaveLength(graph.nodes.length)
})

function gates(slope: (b: Builder, s: Value) => Value, first: 'product' | 'zero' | 'other' = 'product') {
  return graphOf({ x: [4], u: [2], v: [2], d: [2] }, (b, { x, u, v, d }) => {
    const s = b.emit('Sigmoid', [x!], [4])
    const two = { shape: [2], dtype: 'float32' } as const
    const [i, f] = b.emitAll('Split', [s, b.ints([2, 2])], [two, two], { axis: 0 })
    const [iu, fv] = [op(b, 'Mul', i!, u!), op(b, 'Mul', f!, v!)]
    const parts = {
      product: () => op(b, 'Mul', d!, u!),
      zero: () => b.constant([0], [2]),
      other: () => op(b, 'Add', d!, u!),
    }
    const joined = b.emit('Concat', [parts[first](), op(b, 'Mul', d!, v!)], [4], { axis: 0 })
    return { iu, fv, gradient: op(b, 'Mul', joined, slope(b, s)) }
  })
}
const logistic = (b: Builder, s: Value) => op(b, 'Mul', s, op(b, 'Sub', b.scalar(1), s))

test('the gradient of gates side by side starts from what they let through', () => {
  expect(textAfter(simplify, gates(logistic)).split('\n').slice(4)).toEqual([
    '%9:[4] = Sub({1}, %4)',
    '%10:[2] = Mul(d, %7)',
    '%11:[2] = Mul(d, %8)',
    '%12:[4] = Concat(%10, %11, axis=0)',
    '%13:[4] = Mul(%12, %9)',
    'iu <- %7',
    'fv <- %8',
    'gradient <- %13',
  ])
  expect(operatorsAfter(simplify, gates(logistic, 'zero')).filter((name) => name === 'Mul')).toHaveLength(4)
})

test('other slopes and other gradients stay', () => {
  const others = [gates((b, s) => op(b, 'Mul', s, op(b, 'Sub', b.scalar(2), s))), gates(logistic, 'other')]
  for (const graph of others) expect(simplify(graph).nodes).toHaveLength(graph.nodes.length)
})

test('the gradients of a gated layer are the same', async () => {
  const f = (x: Tensor2D, w: Tensor2D, c: Tensor2D) => {
    const [three, candidate] = split(matMul(w, x), [6, 2], 0)
    const [i, o, k] = split(sigmoid(three!), 3, 0)
    const inner = tanh(mul(i!, tanh(candidate!)))
    return concat([mul(o!, inner), mul(k!, c)], 0)
  }
  const inputs = { x: sample('x', [3, 5]), w: sample('w', [8, 3]), c: sample('c', [2, 5]) }
  const both = withGradients(f as never)
  expectAgreement(await runCompiled(both, inputs), await runEagerly(both, inputs))
})
