import { ELEMENTWISE } from '../graph/elementwise-operators'
import type { Node, Value } from '../graph/graph'
import { reshaped, transposed } from '../trace/kernels/shape'
import { type RewriteContext, type Rule, rewrite } from './rewrite'

/** An array whose rows, all of them, come `times` over. */
interface Repeated {
  readonly source: Value
  readonly times: number
}

function repeatedOf(value: Value, { producer }: RewriteContext): Repeated | undefined {
  const node = producer(value)
  const [times, ...others] = node?.op === 'Tile' ? (node.inputs[1]!.constant as readonly number[]) : []
  return times && times > 1 && others.every((n) => n === 1) ? { source: node!.inputs[0]!, times } : undefined
}

/** What is computed of each row by itself is computed once, and repeated afterwards. */
const rowwise: Rule = (node, context) => {
  const { build } = context
  const found = node.inputs.map((value) => repeatedOf(value, context))
  const first = found.find(Boolean)
  const output = node.outputs[0]!
  if (!first || !(ELEMENTWISE.has(node.op) ? isAlike(node, found) : isRowwise(node, found))) return
  const rows = output.shape[0]! / first.times
  const shape = [rows, ...output.shape.slice(1)]
  const operands = node.inputs.map((value, i) => found[i]?.source ?? value)
  const inputs = node.op === 'Reshape' ? [operands[0]!, build.ints(shape)] : operands
  const once = build.emit(node.op, inputs, shape, node.attributes, output.dtype)
  const repeats = build.ints([first.times, ...shape.slice(1).map(() => 1)])
  return [build.emit('Tile', [once, repeats], output.shape)]
}

/** Whether all operands of an elementwise node are repeated alike, or the same for all rows. */
function isAlike({ inputs, outputs }: Node, found: readonly (Repeated | undefined)[]): boolean {
  const { shape } = outputs[0]!
  const times = found.find(Boolean)!.times
  return inputs.every((value, i) => {
    const rank = value.shape.length
    const repeated = found[i]
    if (repeated) return repeated.times === times && rank === shape.length && value.shape[0] === shape[0]
    return rank < shape.length || value.shape[0] === 1
  })
}

/** Whether a node keeps rows apart: a matrix times another, or another shape of each row. */
function isRowwise({ op, inputs, outputs }: Node, found: readonly (Repeated | undefined)[]): boolean {
  const [from] = inputs as [Value]
  if (!found[0]) return false
  if (op === 'Reshape') return outputs[0]!.shape[0] === from.shape[0]
  return op === 'MatMul' && inputs.every(({ shape }) => shape.length === 2) && !found[1]
}

/** The transpose of repeated rows times others is that of one copy times the sum of what it meets. */
const sumOverCopies: Rule = ({ op, inputs, outputs }, context) => {
  if (op !== 'MatMul' || inputs.some(({ shape }) => shape.length !== 2)) return
  const { build, producer } = context
  const [turned, y] = inputs as [Value, Value]
  const transpose = producer(turned)
  const repeated = transpose?.op === 'Transpose' ? repeatedOf(transpose.inputs[0]!, context) : undefined
  if (!repeated) return
  const { source, times } = repeated
  const [rows, columns] = [source.shape[0]!, y.shape[1]!]
  const stacked = reshaped(build, y, [times, rows, columns])
  const sum = build.emit('ReduceSum', [stacked, build.ints([0])], [rows, columns], { keepdims: 0 })
  return [build.emit('MatMul', [transposed(build, source, [1, 0]), sum], outputs[0]!.shape)]
}

/** Computes rows that are repeated only once. */
export const computeRowsOnce = rewrite(rowwise, sumOverCopies)
