import { ELEMENTWISE } from '../graph/elementwise-operators'
import { elements, floatOf, type Node, type Pass, sameExtents, splatOf, type Value } from '../graph/graph'
import { behindViews, VIEWS } from '../graph/view'
import { reshaped } from '../trace/kernels/shape'
import { type RewriteContext, type Rule, rewrite } from './rewrite'

/** Activations that never fall, so that the largest of their values is the value of the largest. */
const RISING: ReadonlySet<string> = new Set(['Elu', 'LeakyRelu', 'Relu', 'Selu', 'Sigmoid', 'Tanh'])

/** A pooling that takes an activation's input instead of its output. */
interface Pool {
  /** Input and output of the activation, `[batch, channels, height, width]`. */
  readonly whole: readonly [Value, Value]
  /** Their largest in each window. */
  readonly pooled: readonly [Value, Value]
}

/**
 * max f(x) = f(max x) for an activation f that rises: it is computed once a window and not once a pixel, and so is its
 * derivative, since only the largest of a window has a gradient.
 */
export const poolBeforeActivation: Pass = (graph) => {
  const pools = new Map<Value, Pool>()

  const forward: Rule = ({ op, inputs, outputs, attributes }, { build, producer }) => {
    const activation = op === 'MaxPool' ? producer(inputs[0]!) : undefined
    if (!activation || !RISING.has(activation.op) || !risesFor(activation)) return
    const [z] = activation.inputs as [Value]
    const made = build.emitAll(op, [z], outputs, attributes)
    const y = build.emit(activation.op, [made[0]!], made[0]!.shape, activation.attributes)
    if (made[1]) pools.set(made[1], { whole: [z, inputs[0]!], pooled: [made[0]!, y] })
    return made[1] ? [y, made[1]] : [y]
  }

  /** scatter(dy)·f′ = scatter(dy·f′). */
  const derivative: Rule = ({ op, inputs, outputs }, context) => {
    if (op !== 'Mul') return
    const { build } = context
    for (const [i, value] of inputs.entries()) {
      const scatter = scatterBehind(value, context)
      const pool = scatter && pools.get(behindViews(scatter.inputs[1]!, context.producer))
      if (!pool || elements(value.shape) !== elements(outputs[0]!.shape)) continue
      const slope = pooled(inputs[1 - i]!, pool, context)
      if (!slope) continue
      const [zeros, indices, dy] = scatter.inputs as [Value, Value, Value]
      const factor = reshaped(build, slope, dy.shape)
      const scattered = build.emit(
        'ScatterElements',
        [zeros, indices, build.emit('Mul', [dy, factor], dy.shape)],
        scatter.outputs[0]!.shape,
        scatter.attributes,
      )
      return [reshaped(build, scattered, outputs[0]!.shape)]
    }
    return
  }

  /** What is scattered within images keeps its sum over them. */
  const sum: Rule = ({ op, inputs, outputs, attributes }, context) => {
    const axes = inputs[1]?.constant as readonly number[] | undefined
    if (op !== 'ReduceSum' || !axes?.includes(2) || !axes.includes(3)) return
    const scatter = scatterBehind(inputs[0]!, context, false)
    const pool = scatter && pools.get(behindViews(scatter.inputs[1]!, context.producer))
    if (!pool || !sameExtents(pool.whole[0].shape, inputs[0]!.shape)) return
    const { build } = context
    const dy = reshaped(build, scatter.inputs[2]!, pool.pooled[0].shape)
    return [build.emit(op, [dy, inputs[1]!], outputs[0]!.shape, attributes)]
  }

  return rewrite(forward, derivative, sum)(graph)
}

/** Whether the slope of an activation is positive also where it was given. */
function risesFor(node: Node): boolean {
  return node.op !== 'LeakyRelu' || floatOf(node, 'alpha', 0.01) >= 0
}

/** The scattering into zeros that a value is a view of; with `alone`, only if nothing else reads it. */
function scatterBehind(value: Value, context: RewriteContext, alone = true): Node | undefined {
  const node = context.producer(value)
  if (!node || (alone && context.uses(value) > 1)) return
  if (VIEWS.has(node.op)) return scatterBehind(node.inputs[0]!, context, alone)
  return node.op === 'ScatterElements' && splatOf(node.inputs[0]!) === 0 ? node : undefined
}

/** What an elementwise function of an activation's input and output is at the largest of each window. */
function pooled(value: Value, pool: Pool, context: RewriteContext): Value | undefined {
  const at = pool.whole.indexOf(value)
  if (at >= 0) return pool.pooled[at]
  const number = splatOf(value)
  if (number !== undefined) return value.dtype === 'float32' ? context.build.scalar(number) : undefined
  if (elements(value.shape) !== elements(pool.whole[0].shape)) return
  const node = context.producer(value)
  if (node && VIEWS.has(node.op)) return pooled(node.inputs[0]!, pool, context)
  return node && ELEMENTWISE.has(node.op) ? pooledNode(node, pool, context) : undefined
}

function pooledNode(node: Node, pool: Pool, context: RewriteContext): Value | undefined {
  const operands = node.inputs.map((value) => pooled(value, pool, context))
  if (!operands.every((value) => value !== undefined)) return
  const { dtype } = node.outputs[0]!
  return context.build.emit(node.op, operands, pool.pooled[0].shape, node.attributes, dtype)
}
