import { elements, type Node, sameExtents, splatOf, type Value } from '../graph/graph'
import { type RewriteContext, type Rule, rewrite } from './rewrite'

/** A product of so many numbers in [½, 1] is a normal float32. */
const MOST = 64

/**
 * Σ log m = log Π m: where a mean over everything contains logarithms of numbers in [½, 1], one logarithm serves many
 * of them. The cross-entropy from logits is such a mean, and its logarithms cost more than its exponentials.
 */
const logsOfProducts: Rule = (node, context) => {
  const { op, inputs, outputs } = node
  if (op !== 'ReduceMean' || elements(outputs[0]!.shape) !== 1) return
  const [x] = inputs as [Value]
  const taken = takeLog(x, 1, context)
  const group = taken && largestDivisor(elements(taken.log.shape), MOST)
  if (!taken?.rest || !group || group < 8) return
  const { build } = context
  const { shape } = outputs[0]!
  const count = elements(taken.log.shape)
  const rows = build.emit('Reshape', [taken.log, build.ints([count / group, group])], [count / group, group])
  const products = build.emit('ReduceProd', [rows, build.ints([1])], [count / group], { keepdims: 0 })
  const logs = build.emit('Log', [products], products.shape)
  const sum = build.emit('ReduceSum', [logs, build.ints([0])], [], { keepdims: 0 })
  const mean = build.emit('Mul', [sum, build.scalar(taken.sign / count)], [])
  const rest = build.emit('ReduceMean', [taken.rest, inputs[1]!], shape, node.attributes)
  return [build.emit('Add', [rest, mean], shape)]
}

interface Taken {
  /** What the logarithm is of. */
  readonly log: Value
  readonly sign: 1 | -1
  /** The sum without the logarithm. */
  readonly rest?: Value
}

/** Finds a logarithm of numbers in [½, 1] among the terms of a sum that nothing else reads, and takes it out. */
function takeLog(value: Value, sign: 1 | -1, context: RewriteContext): Taken | undefined {
  const { producer, uses, build } = context
  const node = producer(value)
  if (!node || uses(value) > 1) return
  if (node.op === 'Log')
    return isUpperHalf(node.inputs[0]!, context) ? { log: node.inputs[0]!, sign } : undefined
  if (node.op !== 'Add' && node.op !== 'Sub') return
  const [a, b] = node.inputs as [Value, Value]
  if (!sameExtents(a.shape, b.shape)) return
  const left = takeLog(a, sign, context)
  if (left) {
    const other = node.op === 'Sub' ? () => build.emit('Neg', [b], b.shape) : () => b
    return { ...left, rest: left.rest ? build.emit(node.op, [left.rest, b], value.shape) : other() }
  }
  const right = takeLog(b, node.op === 'Sub' ? (-sign as 1 | -1) : sign, context)
  if (!right) return
  return { ...right, rest: right.rest ? build.emit(node.op, [a, right.rest], value.shape) : a }
}

/** Whether a value is max(σ, 1 − σ) of some sigmoid σ. */
function isUpperHalf(value: Value, { producer }: RewriteContext): boolean {
  const node = producer(value)
  if (node?.op !== 'Max') return false
  const matches = (a: Node | undefined, b: Node | undefined) =>
    a?.op === 'Sigmoid' && b?.op === 'Sub' && splatOf(b.inputs[0]!) === 1 && b.inputs[1] === a.outputs[0]
  const [a, b] = node.inputs.map(producer)
  return matches(a, b) || matches(b, a)
}

function largestDivisor(n: number, limit: number): number {
  for (let d = Math.min(limit, n); d > 1; d--) if (n % d === 0) return d
  return 1
}

/** Takes logarithms of products instead of adding logarithms. */
export const mergeLogs = rewrite(logsOfProducts)
