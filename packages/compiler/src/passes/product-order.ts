import type { Builder } from '../graph/builder'
import { elements, type Value } from '../graph/graph'
import { transposed } from '../trace/kernels/shape'
import { type RewriteContext, type Rule, rewrite } from './rewrite'

/** A product of matrices, perhaps transposed and times numbers. */
interface Product {
  readonly left: Value
  readonly right: Value
  readonly turned: boolean
  readonly scales: readonly Value[]
}

/** Operations must at least halve: small products take more time for each. */
const HALF = 2

/**
 * (XY)Z = X(YZ), whichever takes fewer operations; and the sum of the squares of XY, of which nothing else is wanted, is
 * that of XᵀX ∘ YYᵀ. So the penalty on the Jacobian of an encoder whose first layer takes many numbers, and gives few,
 * never computes the Jacobian: ‖gWᵀ‖² = Σ gᵀg ∘ WᵀW.
 */
const associate: Rule = ({ op, inputs, outputs }, context) => {
  if (op !== 'MatMul' || inputs.some(({ shape }) => shape.length !== 2)) return
  const { build } = context
  const [a, b] = inputs as [Value, Value]
  const [n, q] = outputs[0]!.shape as [number, number]
  const m = a.shape[1]!
  const multiply = (x: Value, y: Value) => build.emit('MatMul', [x, y], [x.shape[0]!, y.shape[1]!])
  const first = productOf(a, context)
  if (first && HALF * innerOf(first) * (m + n) < n * m) {
    const [left, right] = factorsOf(first, build)
    return [scaled(multiply(left, multiply(right, b)), first, build)]
  }
  const second = productOf(b, context)
  if (second && HALF * innerOf(second) * (m + q) < m * q) {
    const [left, right] = factorsOf(second, build)
    return [scaled(multiply(multiply(a, left), right), second, build)]
  }
  return
}

const sumOfSquares: Rule = ({ op, inputs, outputs }, { build, producer, uses }) => {
  const square = op === 'ReduceSum' ? producer(inputs[0]!) : undefined
  const [x, y] = square?.op === 'Mul' ? square.inputs : []
  if (!x || x !== y || elements(outputs[0]!.shape) !== 1 || uses(x) > 2 || uses(inputs[0]!) > 1) return
  const product = producer(x)
  if (product?.op !== 'MatMul' || product.inputs.some(({ shape }) => shape.length !== 2)) return
  const [left, right] = product.inputs as [Value, Value]
  const [n, k] = left.shape as [number, number]
  const m = right.shape[1]!
  if (HALF * k * (n + m) >= n * m) return
  const gram = (p: Value, q: Value) => build.emit('MatMul', [p, q], [k, k])
  const turned = (v: Value) => transposed(build, v, [1, 0])
  const products = [gram(turned(left), left), gram(right, turned(right))]
  const { shape } = outputs[0]!
  const sum = build.emit('ReduceSum', [build.emit('Mul', products, [k, k]), build.ints([0, 1])], [], {
    keepdims: 0,
  })
  return [shape.length ? build.emit('Reshape', [sum, build.ints(shape)], shape) : sum]
}

function productOf(value: Value, context: RewriteContext): Product | undefined {
  const node = context.producer(value)
  if (node?.op === 'MatMul' && node.inputs.every(({ shape }) => shape.length === 2)) {
    const [left, right] = node.inputs as [Value, Value]
    return { left, right, turned: false, scales: [] }
  }
  if (node?.op === 'Transpose') {
    const inner = productOf(node.inputs[0]!, context)
    return inner && { ...inner, turned: !inner.turned }
  }
  if (node?.op !== 'Mul') return
  const i = node.inputs.findIndex(({ shape }) => shape.length === 0)
  const inner = i < 0 ? undefined : productOf(node.inputs[1 - i]!, context)
  return inner && { ...inner, scales: [...inner.scales, node.inputs[i]!] }
}

function innerOf({ left }: Product): number {
  return left.shape[1]!
}

/** The two factors of what stands there, a transpose having changed them over. */
function factorsOf({ left, right, turned }: Product, build: Builder): readonly [Value, Value] {
  return turned ? [transposed(build, right, [1, 0]), transposed(build, left, [1, 0])] : [left, right]
}

function scaled(value: Value, { scales }: Product, build: Builder): Value {
  return scales.reduce((product, scale) => build.emit('Mul', [product, scale], product.shape), value)
}

/** Multiplies matrices in the order that takes fewer operations. */
export const orderProducts = rewrite(associate, sumOfSquares)
