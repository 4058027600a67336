import { BINARY, UNARY } from '../graph/elementwise-operators'
import { elements, sameExtents, splatOf, type Value } from '../graph/graph'
import { joinRules } from './joins'
import { type RewriteContext, type Rule, rewrite } from './rewrite'

function reshape({ build }: RewriteContext, x: Value, shape: readonly number[]): Value {
  return sameExtents(x.shape, shape) ? x : build.emit('Reshape', [x, build.ints(shape)], shape)
}

/** Reshapes of reshapes, to the same shape, and of constants. */
const collapse: Rule = ({ op, inputs, outputs }, context) => {
  if (op !== 'Reshape') return
  const [x] = inputs as [Value]
  const shape = outputs[0]!.shape
  if (sameExtents(x.shape, shape)) return [x]
  const inner = context.producer(x)
  if (inner?.op === 'Reshape') return [reshape(context, inner.inputs[0]!, shape)]
  return
}

/**
 * Elementwise nodes move above the reshapes of their inputs when that leads to a flatter shape or removes a reshape, so
 * that reshapes meet and cancel.
 */
const sink: Rule = (node, context) => {
  const { op, inputs, outputs, attributes } = node
  const output = outputs[0]!
  const before = (value: Value) => {
    const producer = context.producer(value)
    return producer?.op === 'Reshape' ? producer.inputs[0]! : undefined
  }
  const flatter = (shape: readonly number[]) => shape.length < output.shape.length
  const finish = (args: readonly Value[], shape: readonly number[]) => [
    reshape(context, context.build.emit(op, args, shape, attributes, output.dtype), output.shape),
  ]
  if (UNARY.has(op)) {
    const source = before(inputs[0]!)
    return source && flatter(source.shape) ? finish([source], source.shape) : undefined
  }
  if (!BINARY.has(op)) return
  const [a, b] = inputs as [Value, Value]
  const full = (value: Value) => sameExtents(value.shape, output.shape)
  const [sa, sb] = [before(a), before(b)]
  if (sa && sb && full(a) && full(b) && sameExtents(sa.shape, sb.shape)) return finish([sa, sb], sa.shape)
  const target = [sa, sb].find((source, i) => source && full(inputs[i]!) && flatter(source.shape))?.shape
  if (!target) return
  const args = inputs.map((value) =>
    value.shape.length === 0
      ? value
      : full(value)
        ? reshape(context, before(value) ?? value, target)
        : undefined,
  )
  return args.every((value) => value !== undefined) ? finish(args, target) : undefined
}

/** A flattening reshape moves above an elementwise node of one array, towards where the same array is flattened anyway. */
const lift: Rule = ({ op, inputs, outputs }, context) => {
  const output = outputs[0]!
  const node = op === 'Reshape' ? context.producer(inputs[0]!) : undefined
  if (!node || context.uses(inputs[0]!) !== 1 || output.shape.length >= inputs[0]!.shape.length) return
  const arrays = node.inputs.filter((value) => value.shape.length > 0)
  if (!(UNARY.has(node.op) || BINARY.has(node.op)) || arrays.length !== 1) return
  const args = node.inputs.map((value) =>
    value === arrays[0] ? reshape(context, value, output.shape) : value,
  )
  return [context.build.emit(node.op, args, output.shape, node.attributes, output.dtype)]
}

/** Reductions of reductions and of reshapes that only split or merge the reduced axes. */
const reductions: Rule = ({ op, inputs, outputs }, context) => {
  if (op !== 'ReduceSum' && op !== 'ReduceMean') return
  const [x, axes] = inputs as [Value, Value]
  const output = outputs[0]!
  const { build, producer } = context
  const inner = producer(x)
  // A reduction to a single number does not care about shape.
  if (elements(output.shape) === 1 && inner?.op === 'Reshape') {
    const source = inner.inputs[0]!
    const all = build.ints(source.shape.map((_, i) => i))
    return [reshape(context, build.emit(op, [source, all], [], { keepdims: 0 }), output.shape)]
  }
  if (elements(output.shape) === 1 && inner?.op === op && context.uses(x) === 1) {
    const source = inner.inputs[0]!
    const all = build.ints(source.shape.map((_, i) => i))
    return [reshape(context, build.emit(op, [source, all], [], { keepdims: 0 }), output.shape)]
  }
  const reduced = axes.constant as readonly number[]
  if (reduced.every((axis) => x.shape[axis] === 1)) return [reshape(context, x, output.shape)]
  return
}

/** Operators expand an operand themselves where the other has the result's shape; two that expand alike can wait. */
const expansions: Rule = ({ op, inputs, outputs }, { build, producer }) => {
  const output = outputs[0]!
  if (op === 'Expand' && sameExtents(inputs[0]!.shape, output.shape)) return [inputs[0]!]
  if (!BINARY.has(op)) return
  const sources = inputs.map((value) => {
    const node = producer(value)
    return node?.op === 'Expand' ? node.inputs[0] : undefined
  })
  const [a, b] = sources
  if (a && b && sameExtents(a.shape, b.shape)) {
    const small = build.emit(op, [a, b], a.shape, {}, output.dtype)
    return [build.emit('Expand', [small, build.ints(output.shape)], output.shape, {}, output.dtype)]
  }
  const i = sources.findIndex((source, k) => source && sameExtents(inputs[1 - k]!.shape, output.shape))
  if (i < 0) return
  return [build.emit(op, inputs.with(i, sources[i]!), output.shape, {}, output.dtype)]
}

/** Multiplying a small value by ones of a larger shape is how tfjs broadcasts gradients. */
const onesExpand: Rule = ({ op, inputs, outputs }, { build }) => {
  if (op !== 'Mul') return
  const output = outputs[0]!
  const i = inputs.findIndex(
    (value) => splatOf(value) !== undefined && sameExtents(value.shape, output.shape),
  )
  if (i < 0) return
  const other = inputs[1 - i]!
  if (other.constant || sameExtents(other.shape, output.shape)) return
  const by = splatOf(inputs[i]!)!
  const scaled = by === 1 ? other : build.emit('Mul', [other, build.scalar(by, other.dtype)], other.shape)
  return [build.emit('Expand', [scaled, build.ints(output.shape)], output.shape)]
}

/** Products with a number move before an expansion, where they cost less. */
const scaleBeforeExpand: Rule = ({ op, inputs, outputs }, context) => {
  if (op !== 'Mul' && op !== 'Div') return
  const output = outputs[0]!
  const [a, b] = inputs as [Value, Value]
  const producer = context.producer(a)
  if (producer?.op !== 'Expand' || splatOf(b) === undefined || b.shape.length > 0) return
  const source = producer.inputs[0]!
  const { build } = context
  return [
    build.emit('Expand', [build.emit(op, [source, b], source.shape), producer.inputs[1]!], output.shape),
  ]
}

/** Transposes of transposes, and those that change nothing. */
const transposes: Rule = ({ op, inputs, outputs, attributes }, { build, producer }) => {
  if (op !== 'Transpose') return
  const perm = attributes.perm as readonly number[]
  const [x] = inputs as [Value]
  if (perm.every((axis, i) => axis === i)) return [x]
  const inner = producer(x)
  if (inner?.op === 'Transpose') {
    const first = inner.attributes.perm as readonly number[]
    return [
      build.emit('Transpose', [inner.inputs[0]!], outputs[0]!.shape, {
        perm: perm.map((axis) => first[axis]!),
      }),
    ]
  }
  // Moving extents of 1 about is a reshape.
  const order = perm.filter((axis) => x.shape[axis] !== 1)
  if (order.every((axis, i) => i === 0 || axis > order[i - 1]!))
    return [build.emit('Reshape', [x, build.ints(outputs[0]!.shape)], outputs[0]!.shape)]
  return
}

/** Removes reshapes, transposes, expansions and joins, or moves them to where they cost least. */
export const simplifyShapes = rewrite(
  collapse,
  transposes,
  reductions,
  expansions,
  onesExpand,
  scaleBeforeExpand,
  sink,
  lift,
  ...joinRules,
)
