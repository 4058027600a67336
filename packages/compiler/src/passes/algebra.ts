import { type Node, sameExtents, splatOf, type Value } from '../graph/graph'
import { type RewriteContext, type Rule, rewrite } from './rewrite'

const same = (node: Node, value: Value): [Value] | undefined =>
  sameExtents(value.shape, node.outputs[0]!.shape) && value.dtype === node.outputs[0]!.dtype
    ? [value]
    : undefined

/** x·1, x + 0, x − 0, x / 1, 0 − x, x·(−1), relu(relu(x)), −(−x). */
const identities: Rule = (node, { build, producer }) => {
  const { op, inputs } = node
  const [a, b] = inputs as [Value, Value]
  const out = node.outputs[0]!
  if (op === 'Neg') {
    const inner = producer(a)
    if (inner?.op === 'Neg') return [inner.inputs[0]!]
    if (inner?.op === 'Sub') return [build.emit('Sub', [inner.inputs[1]!, inner.inputs[0]!], out.shape)]
    return
  }
  if (inputs.length !== 2) return
  const [x, y] = [splatOf(a), splatOf(b)]
  if (op === 'Mul' && x === 1) return same(node, b)
  if ((op === 'Mul' || op === 'Div') && y === 1) return same(node, a)
  if (op === 'Add' && x === 0) return same(node, b)
  if ((op === 'Add' || op === 'Sub') && y === 0) return same(node, a)
  if (op === 'Sub' && x === 0 && sameExtents(b.shape, out.shape)) return [build.emit('Neg', [b], out.shape)]
  if (op === 'Mul' && x === -1 && sameExtents(b.shape, out.shape)) return [build.emit('Neg', [b], out.shape)]
  if (op === 'Mul' && y === -1 && sameExtents(a.shape, out.shape)) return [build.emit('Neg', [a], out.shape)]
  return
}

/** Signs moved out of sums: a + (−b) = a − b, a − (−b) = a + b. */
const signs: Rule = ({ op, inputs, outputs }, { build, producer }) => {
  if (op !== 'Add' && op !== 'Sub') return
  const [a, b] = inputs as [Value, Value]
  const negated = (value: Value) => (producer(value)?.op === 'Neg' ? producer(value)!.inputs[0]! : undefined)
  const shape = outputs[0]!.shape
  const [na, nb] = [negated(a), negated(b)]
  if (nb) return [build.emit(op === 'Add' ? 'Sub' : 'Add', [a, nb], shape)]
  if (na && op === 'Add') return [build.emit('Sub', [b, na], shape)]
  return
}

/** A product with one number, taken apart; a division by a number and a negation count as one. */
function scaled(value: Value, { producer }: RewriteContext): { of: Value; by: number } | undefined {
  const node = producer(value)
  if (!node || value.dtype !== 'float32') return
  const [a, b] = node.inputs as [Value, Value]
  if (node.op === 'Neg') return { of: a, by: -1 }
  if (node.op === 'Div') {
    const y = splatOf(b)
    return y !== undefined && sameExtents(a.shape, value.shape) ? { of: a, by: 1 / y } : undefined
  }
  if (node.op !== 'Mul') return
  const [x, y] = [splatOf(a), splatOf(b)]
  if (y !== undefined && sameExtents(a.shape, value.shape)) return { of: a, by: y }
  if (x !== undefined && sameExtents(b.shape, value.shape)) return { of: b, by: x }
  return
}

/** (x·c)·d = x·(cd); division by a number becomes a product. */
const factors: Rule = (node, context) => {
  const { op, outputs } = node
  const output = outputs[0]!
  if (op !== 'Mul' && op !== 'Div' && op !== 'Neg') return
  if (output.dtype !== 'float32') return
  const [a, b] = node.inputs as [Value, Value]
  const by = op === 'Neg' ? -1 : op === 'Div' ? reciprocal(splatOf(b)) : (splatOf(b) ?? splatOf(a))
  const of = op === 'Mul' && splatOf(b) === undefined ? b : a
  if (by === undefined || of.constant || !sameExtents(of.shape, output.shape)) return
  const inner = scaled(of, context)
  if (inner && (op !== 'Neg' || context.uses(of) === 1))
    return [times(inner.of, inner.by * by, output.shape, context)]
  if (op === 'Div') return [times(of, by, output.shape, context)]
  return
}

function reciprocal(x: number | undefined): number | undefined {
  return x === undefined || x === 0 ? undefined : 1 / x
}

function times(x: Value, by: number, shape: readonly number[], { build }: RewriteContext): Value {
  if (by === 1) return x
  return by === -1
    ? build.emit('Neg', [x], shape)
    : build.emit('Mul', [x, build.scalar(Math.fround(by))], shape)
}

/** x·c + y·c = (x + y)·c, and with −c a difference. */
const distribution: Rule = ({ op, inputs, outputs }, context) => {
  if (op !== 'Add' && op !== 'Sub') return
  const [a, b] = inputs as [Value, Value]
  if (context.uses(a) > 1 || context.uses(b) > 1 || a === b) return
  const [x, y] = [scaled(a, context), scaled(b, context)]
  if (!x || !y || !sameExtents(x.of.shape, y.of.shape)) return
  const ratio = (Math.fround(y.by) / Math.fround(x.by)) * (op === 'Sub' ? -1 : 1)
  const { build } = context
  const shape = outputs[0]!.shape
  if (ratio === 1) return [times(build.emit('Add', [x.of, y.of], shape), x.by, shape, context)]
  if (ratio !== -1) return
  // The positive factor is kept, so that no negation is left over.
  return x.by > 0
    ? [times(build.emit('Sub', [x.of, y.of], shape), x.by, shape, context)]
    : [times(build.emit('Sub', [y.of, x.of], shape), -x.by, shape, context)]
}

/** Constants of a broadcast operand shrink to scalars when the other operand has the result's shape. */
const ELEMENTWISE = new Set([
  'Add',
  'Sub',
  'Mul',
  'Div',
  'Max',
  'Min',
  'Pow',
  'Greater',
  'GreaterOrEqual',
  'Less',
  'LessOrEqual',
  'Equal',
])
const scalars: Rule = ({ op, inputs, outputs }, { build }) => {
  if (!ELEMENTWISE.has(op)) return
  const output = outputs[0]!
  const shrunk = inputs.map((value, i) => {
    const other = inputs[1 - i]!
    const splat = splatOf(value)
    return splat !== undefined && value.shape.length > 0 && sameExtents(other.shape, output.shape)
      ? build.scalar(splat, value.dtype)
      : value
  })
  if (shrunk.every((value, i) => value === inputs[i])) return
  return [build.emit(op, shrunk, output.shape, {}, output.dtype)]
}

/** Elementary algebra; results may differ in the last bit, never in value. */
export const simplifyAlgebra = rewrite(scalars, identities, signs, factors, distribution)
