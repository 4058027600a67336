import { type Pass, splatOf, type Value } from '../graph/graph'
import { type RewriteContext, type Rule, rewrite } from './rewrite'

/** One factor of a product, the other, and the product of the one with something else, which is there already. */
interface Known {
  readonly of: Value
  readonly other: Value
  readonly product: Value
}

/**
 * The gradients of a gated product s·y, where s is the gate and y what it lets through, contain what was computed on
 * the way forward:
 *
 *     (d·s)·(1 − t²) = d·(s − (s·t)·t)              of s·t, t a hyperbolic tangent
 *     [d·y …]·(S·(1 − S)) = [d·(s·y) …]·(1 − S)     of gates S = [s …] that lie side by side
 */
export const reuseGates: Pass = (graph) => {
  const products = new Map<string, Value>()
  const cuts = new Map<Value, { axis: unknown; pieces: readonly Value[] }>()
  const remember: Rule = ({ op, inputs, outputs, attributes }) => {
    if (op === 'Split') cuts.set(inputs[0]!, { axis: attributes.axis, pieces: outputs })
    if (op !== 'Mul') return undefined
    const key = pair(inputs[0]!, inputs[1]!)
    if (!products.has(key)) products.set(key, outputs[0]!)
    return undefined
  }

  /** Of two factors the one whose product with `by` came first: that is the value, the other one its gradient. */
  const forward = ([a, b]: readonly Value[], by: Value): Known | undefined => {
    const [x, y] = [products.get(pair(a!, by)), products.get(pair(b!, by))]
    if (x && (!y || x.id < y.id)) return { of: a!, other: b!, product: x }
    return y && { of: b!, other: a!, product: y }
  }

  const tangent: Rule = ({ op, inputs, outputs }, context) => {
    if (op !== 'Mul') return
    const { producer, uses, build } = context
    const { shape } = outputs[0]!
    for (const [i, slope] of inputs.entries()) {
      const t = slopeOf(slope, context)
      const gated = t && producer(inputs[1 - i]!)
      if (gated?.op !== 'Mul' || uses(inputs[1 - i]!) > 1) continue
      const known = forward(gated.inputs, t!)
      if (!known) continue
      const rest = build.emit('Sub', [known.of, build.emit('Mul', [known.product, t!], shape)], shape)
      return [build.emit('Mul', [known.other, rest], shape)]
    }
    return
  }

  const gates: Rule = ({ op, inputs, outputs }, context) => {
    if (op !== 'Mul') return
    const { producer, uses, build } = context
    const { shape } = outputs[0]!
    for (const [i, slope] of inputs.entries()) {
      const join = producer(inputs[1 - i]!)
      if (join?.op !== 'Concat' || uses(slope) > 1 || uses(inputs[1 - i]!) > 1) continue
      const sigmoid = logisticSlope(slope, context)
      const cut = sigmoid && cuts.get(sigmoid.s)
      if (cut?.axis !== join.attributes.axis || cut?.pieces.length !== join.inputs.length) continue
      const parts = join.inputs.map((part, k) => gatedPart(part, cut.pieces[k]!, context))
      if (parts.some((part) => !part)) continue
      const made = parts.map((part, k) =>
        part === 'zero'
          ? join.inputs[k]!
          : build.emit('Mul', [part!.other, part!.product], join.inputs[k]!.shape),
      )
      return [build.emit('Mul', [build.emit('Concat', made, shape, join.attributes), sigmoid!.rest], shape)]
    }
    return
  }

  /** A gradient times what gate `s` lets through, or the zeros of a gate that has nothing to let through yet. */
  function gatedPart(part: Value, s: Value, { producer, uses }: RewriteContext): Known | 'zero' | undefined {
    if (splatOf(part) === 0) return 'zero'
    const factors = producer(part)
    return factors?.op === 'Mul' && uses(part) === 1 ? forward(factors.inputs, s) : undefined
  }

  return rewrite(remember, tangent, gates)(graph)
}

function pair(a: Value, b: Value): string {
  return a.id < b.id ? `${a.id} ${b.id}` : `${b.id} ${a.id}`
}

/** s and 1 − s, if `value` is their product and s a sigmoid. */
function logisticSlope(value: Value, { producer }: RewriteContext): { s: Value; rest: Value } | undefined {
  const node = producer(value)
  if (node?.op !== 'Mul') return
  for (const [i, s] of node.inputs.entries()) {
    const rest = node.inputs[1 - i]!
    const difference = producer(rest)
    if (difference?.op !== 'Sub' || splatOf(difference.inputs[0]!) !== 1 || difference.inputs[1] !== s)
      continue
    if (producer(s)?.op === 'Sigmoid') return { s, rest }
  }
  return
}

/** t, if `value` is 1 − t² and t a hyperbolic tangent. */
function slopeOf(value: Value, { producer }: RewriteContext): Value | undefined {
  const node = producer(value)
  const square = node?.op === 'Sub' && splatOf(node.inputs[0]!) === 1 ? producer(node.inputs[1]!) : undefined
  const [t, same] = square?.op === 'Mul' ? square.inputs : []
  return t && t === same && producer(t)?.op === 'Tanh' ? t : undefined
}
