import { MANY } from '../graph/elementwise-operators'
import { elements, type Node, type Pass, sameExtents, splatOf, type Value } from '../graph/graph'
import { type RewriteContext, type Rule, rewrite } from './rewrite'

// Klambauer et al. 2017, arXiv:1706.02515, section 2.
const SELU_SLOPE = Math.fround(1.0507009873554805)
const SELU_FLOOR = Math.fround(1.0507009873554805 * 1.6732632423543772)

/**
 * Derivatives are traced as functions of an activation's input, which keeps them right to any order; where the
 * activation's output is at hand they are cheaper from that, without an exponential.
 */
export const reuseActivations: Pass = (graph) => {
  const activations = new Map<string, Value>()
  const clips = new Map<string, Value>()
  const remember: Rule = ({ op, inputs, outputs }, { producer }) => {
    const inner = op === 'Min' ? producer(inputs[0]!) : undefined
    if (inner?.op === 'Max' && inner.inputs[1] && inputs[1]) {
      const [low, high] = [splatOf(inner.inputs[1]), splatOf(inputs[1])]
      if (low !== undefined && high !== undefined)
        clips.set(`${inner.inputs[0]!.id} ${low} ${high}`, outputs[0]!)
    }
    if (op === 'Sigmoid' || op === 'Selu' || op === 'Elu')
      activations.set(`${op} ${inputs[0]!.id}`, outputs[0]!)
    return undefined
  }
  const known = (op: string, x: Value) => activations.get(`${op} ${x.id}`)
  const sigmoidInputs = new Set(
    graph.nodes.filter(({ op }) => op === 'Sigmoid').map(({ inputs }) => inputs[0]!),
  )

  /** σ(|x|) = max(σ(x), 1 − σ(x)), where σ(x) is computed anyway, earlier or later. */
  const sigmoidOfAbs: Rule = ({ op, inputs, outputs }, { build, producer }) => {
    const inner = op === 'Sigmoid' ? producer(inputs[0]!) : undefined
    const x = inner?.op === 'Abs' ? inner.inputs[0]! : undefined
    if (!x || !sigmoidInputs.has(x)) return
    const { shape } = outputs[0]!
    const y = known('Sigmoid', x) ?? build.emit('Sigmoid', [x], shape)
    return [build.emit('Max', [y, build.emit('Sub', [build.scalar(1), y], shape)], shape)]
  }

  /** e^min(x, 0) = min(y, 0) + 1 for y = elu(x). */
  const eluSlope: Rule = (node, context) => {
    const x = node.op === 'Exp' ? negativePart(node.inputs[0]!, context) : undefined
    const y = x && known('Elu', x)
    if (!y) return
    const { build } = context
    return [build.emit('Add', [build.emit('Min', [y, build.scalar(0)], y.shape), build.scalar(1)], y.shape)]
  }

  /** (x > 0 ? λ : λα) · e^min(x, 0) = x > 0 ? λ : y + λα for y = selu(x). */
  const seluSlope: Rule = (node, context) => {
    if (node.op !== 'Mul') return
    const { build, producer } = context
    for (const [i, factor] of node.inputs.entries()) {
      const where = producer(factor)
      const exponential = producer(node.inputs[1 - i]!)
      if (where?.op !== 'Where' || exponential?.op !== 'Exp') continue
      const x = negativePart(exponential.inputs[0]!, context)
      const y = x && known('Selu', x)
      const [condition, above, below] = where.inputs as [Value, Value, Value]
      if (!y || !isPositive(producer(condition), x)) continue
      if (!close(splatOf(above), SELU_SLOPE) || !close(splatOf(below), SELU_FLOOR)) continue
      const falling = build.emit('Add', [y, build.scalar(SELU_FLOOR)], y.shape)
      return [build.emit('Where', [condition, build.scalar(SELU_SLOPE), falling], y.shape, {}, 'float32')]
    }
    return
  }

  /** 1 − (low > x) − (x > high) = (x = clipped x). */
  const clipSlope: Rule = ({ op, inputs, outputs }, context) => {
    const [one, sum] = inputs as [Value, Value]
    const add = op === 'Sub' && splatOf(one) === 1 ? context.producer(sum) : undefined
    if (add?.op !== 'Add') return
    const below = exceeds(add.inputs[0]!, context)
    const above = exceeds(add.inputs[1]!, context)
    if (!below || !above || below.less !== above.more) return
    const x = above.more
    const [low, high] = [splatOf(below.more), splatOf(above.less)]
    if (low === undefined || high === undefined) return
    const clipped = clips.get(`${x.id} ${low} ${high}`)
    if (!clipped) return
    const { build } = context
    const { shape } = outputs[0]!
    const inside = build.emit('Equal', [x, clipped], shape, {}, 'bool')
    return [build.emit('Where', [inside, build.scalar(1), build.scalar(0)], shape, {}, 'float32')]
  }

  return rewrite(remember, clipSlope, sigmoidOfAbs, eluSlope, seluSlope, scaleChoice)(graph)
}

/** (c ? a : b)·k = c ? ak : bk for numbers a, b, k. */
const scaleChoice: Rule = ({ op, inputs, outputs }, { build, producer, uses }) => {
  if (op !== 'Mul') return
  const i = inputs.findIndex((value) => splatOf(value) !== undefined && value.shape.length === 0)
  const where = i < 0 ? undefined : producer(inputs[1 - i]!)
  if (where?.op !== 'Where' || uses(inputs[1 - i]!) > 1) return
  const [condition, a, b] = where.inputs as [Value, Value, Value]
  const [x, y, k] = [splatOf(a), splatOf(b), splatOf(inputs[i]!)!]
  if (x === undefined || y === undefined) return
  const numbers = [x, y].map((v) => build.scalar(Math.fround(v * k)))
  return [build.emit('Where', [condition, ...numbers], outputs[0]!.shape, {}, 'float32')]
}

/** z·(c ? 1 : 0) = c ? z : 0. */
const maskProduct: Rule = ({ op, inputs, outputs }, { build, producer, uses }) => {
  const { shape } = outputs[0]!
  if (op !== 'Mul' || elements(shape) >= MANY) return
  for (const [i, value] of inputs.entries()) {
    const where = producer(value)
    const other = inputs[1 - i]!
    if (where?.op !== 'Where' || uses(value) > 1 || !sameExtents(other.shape, shape)) continue
    const [condition, a, b] = where.inputs as [Value, Value, Value]
    if (splatOf(a) !== 1 || splatOf(b) !== 0 || !sameExtents(condition.shape, shape)) continue
    return [build.emit('Where', [condition, other, build.scalar(0)], shape, {}, 'float32')]
  }
  return
}

/** Chooses instead of multiplying where a mask is small. */
export const chooseByMask = rewrite(maskProduct)

/** `more` and `less`, if `value` is 1 where more > less and 0 elsewhere. */
function exceeds(value: Value, { producer }: RewriteContext): { more: Value; less: Value } | undefined {
  const where = producer(value)
  if (where?.op !== 'Where' || splatOf(where.inputs[1]!) !== 1 || splatOf(where.inputs[2]!) !== 0) return
  const greater = producer(where.inputs[0]!)
  if (greater?.op !== 'Greater' || splatOf(greater.inputs[1]!) !== 0) return
  const difference = producer(greater.inputs[0]!)
  return difference?.op === 'Sub' ? { more: difference.inputs[0]!, less: difference.inputs[1]! } : undefined
}

/** x, if `value` is min(x, 0). */
function negativePart(value: Value, { producer }: RewriteContext): Value | undefined {
  const node = producer(value)
  return node?.op === 'Min' && splatOf(node.inputs[1]!) === 0 ? node.inputs[0] : undefined
}

function isPositive(node: Node | undefined, x: Value): boolean {
  return node?.op === 'Greater' && node.inputs[0] === x && splatOf(node.inputs[1]!) === 0
}

function close(a: number | undefined, b: number): boolean {
  return a !== undefined && Math.abs(a - b) < 1e-6
}
