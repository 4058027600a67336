import { MANY, STEEP } from '../graph/elementwise-operators'
import { elements, floatOf, type Pass, sameExtents, splatOf, type Value } from '../graph/graph'
import { behindViews } from '../graph/view'
import { reshaped } from '../trace/kernels/shape'
import { dropDeadCode } from './dead-code'
import { type RewriteContext, type Rule, rewrite } from './rewrite'

/**
 * Forms of the same that ONNX Runtime's CPU provider computes with vectors, where its own operator goes from element to
 * element. Milliseconds for 1.6 million elements on two threads of a 2.5 GHz Xeon: Where 4.3, Selu 3.4, Elu 3.6, Min and
 * Max with a number 0.9; but Cast 0.7, Exp, Clip, Relu, HardSigmoid and products with a number 0.4, sums of two arrays
 * 0.6. Sums of 100,000 rows of 16 take 2.8, as a product 0.3.
 *
 * For the CPU alone: a GPU would only have more kernels to launch.
 */
export const vectorise: Pass = (graph) => {
  /** eˣ of the negative part of the input of an activation, times its scale, by its output. */
  const exponentials = new Map<Value, { x: Value; scaled: Value; floor: number; slope: number }>()

  /** γ·max(x, 0) + (γα·e^min(x, 0) − γα). */
  const exponentialUnit: Rule = (node, { build }) => {
    const { op, inputs, outputs } = node
    const [x, y] = [inputs[0]!, outputs[0]!]
    if ((op !== 'Selu' && op !== 'Elu') || elements(y.shape) < MANY) return
    const slope = op === 'Selu' ? floatOf(node, 'gamma', 1.0507009873554805) : 1
    const floor = slope * floatOf(node, 'alpha', op === 'Selu' ? 1.6732632423543772 : 1)
    const emit = (kind: string, ...given: Value[]) => build.emit(kind, given, y.shape)
    const times = (value: Value, by: number) => (by === 1 ? value : emit('Mul', value, build.scalar(by)))
    const scaled = times(emit('Exp', clipped(x, -Infinity, 0, build)), floor)
    const result = emit('Add', times(emit('Relu', x), slope), emit('Sub', scaled, build.scalar(floor)))
    exponentials.set(result, { x, scaled, floor, slope })
    return [result]
  }

  /** x > 0 ? γ : y + γα for y = selu(x) is γα·e^min(x, 0) − (x > 0 ? γα − γ : 0). */
  const seluSlope: Rule = ({ op, inputs, outputs }, context) => {
    if (op !== 'Where' || splatOf(inputs[1]!) === undefined) return
    const { producer } = context
    const greater = producer(behindViews(inputs[0]!, producer))
    const sum = producer(behindViews(inputs[2]!, producer))
    const known = sum?.op === 'Add' ? exponentials.get(sum.inputs[0]!) : undefined
    if (!known || greater?.op !== 'Greater') return
    const { x, scaled, floor, slope } = known
    if (greater.inputs[0] !== x || splatOf(greater.inputs[1]!) !== 0) return
    if (!close(splatOf(inputs[1]!), slope) || !close(splatOf(sum!.inputs[1]!), floor)) return
    const { build } = context
    const part = build.emit('Mul', [step(x, context), build.scalar(floor - slope)], x.shape)
    const result = build.emit('Sub', [scaled, part], x.shape)
    return [shaped(build, result, outputs[0]!.shape)]
  }

  /** min(y, 0) + 1 for y = elu(x) is e^min(x, 0). */
  const eluSlope: Rule = ({ op, inputs }, context) => {
    if (op !== 'Add' || splatOf(inputs[1]!) !== 1) return
    const clip = context.producer(inputs[0]!)
    const known = clip?.op === 'Clip' ? exponentials.get(clip.inputs[0]!) : undefined
    if (!known || splatOf(clip!.inputs[2]!) !== 0 || known.floor !== 1) return
    return [known.scaled]
  }

  return dropDeadCode(
    rewrite(exponentialUnit, seluSlope, eluSlope, choice, positive, bound, columnSums)(graph),
  )
}

/** c ? a : b for numbers is b + c·(a − b), where that is exact. */
const choice: Rule = ({ op, inputs, outputs }, { build }) => {
  const { shape } = outputs[0]!
  if (op !== 'Where' || outputs[0]!.dtype !== 'float32' || elements(shape) < MANY) return
  const [condition, above, below] = inputs as [Value, Value, Value]
  const [a, b] = [splatOf(above), splatOf(below)]
  if (a === undefined || b === undefined || elements(condition.shape) !== elements(shape)) return
  const difference = Math.fround(a - b)
  if (Math.fround(difference + b) !== Math.fround(a)) return
  const mask = build.emit('Cast', [condition], shape, { to: 'float32' }, 'float32')
  const scaled = difference === 1 ? mask : build.emit('Mul', [mask, build.scalar(difference)], shape)
  return [b === 0 ? scaled : build.emit('Add', [scaled, build.scalar(b)], shape)]
}

/** Sums and means down the columns of a matrix are a product with a row of equal numbers. */
const columnSums: Rule = ({ op, inputs, outputs }, { build }) => {
  const [x, axes] = inputs as [Value, Value?]
  const reduced = axes?.constant as readonly number[] | undefined
  if ((op !== 'ReduceSum' && op !== 'ReduceMean') || x.dtype !== 'float32' || !reduced) return
  const leading = Array.from(reduced).toSorted((a, b) => a - b)
  if (leading.length >= x.shape.length || leading.some((axis, i) => axis !== i)) return
  const rows = elements(x.shape.slice(0, leading.length))
  const columns = elements(x.shape) / rows
  if (rows < 2 || columns < 2) return
  const weight = build.constant([op === 'ReduceSum' ? 1 : 1 / rows], [1, rows])
  const product = build.emit('MatMul', [weight, shaped(build, x, [rows, columns])], [1, columns])
  return [shaped(build, product, outputs[0]!.shape)]
}

/** x > 0 as a number. */
const positive: Rule = ({ op, inputs, outputs }, context) => {
  if (op !== 'Cast' || outputs[0]!.dtype !== 'float32' || elements(outputs[0]!.shape) < MANY) return
  const greater = context.producer(inputs[0]!)
  if (greater?.op !== 'Greater' || splatOf(greater.inputs[1]!) !== 0) return
  const [x] = greater.inputs as [Value]
  return elements(x.shape) === elements(outputs[0]!.shape) ? [step(x, context)] : undefined
}

/** The larger or smaller of an array and a number. */
const bound: Rule = ({ op, inputs, outputs }, { build }) => {
  if ((op !== 'Max' && op !== 'Min') || inputs.length !== 2) return
  const [x, limit] = [inputs[0]!, splatOf(inputs[1]!)]
  if (limit === undefined || outputs[0]!.dtype !== 'float32' || elements(x.shape) < MANY) return
  if (!sameExtents(x.shape, outputs[0]!.shape)) return
  return [op === 'Max' ? clipped(x, limit, Infinity, build) : clipped(x, -Infinity, limit, build)]
}

/** 1 where x > 0, else 0; a number too small for 32 bits to hold normally gives what is between. */
function step(x: Value, { build }: RewriteContext): Value {
  return build.emit('HardSigmoid', [x], x.shape, { alpha: { float: STEEP }, beta: { float: 0 } })
}

function clipped(x: Value, low: number, high: number, build: RewriteContext['build']): Value {
  return build.emit('Clip', [x, build.scalar(low), build.scalar(high)], x.shape)
}

/** No later pass takes out what changes nothing. */
function shaped(build: RewriteContext['build'], x: Value, shape: readonly number[]): Value {
  return sameExtents(x.shape, shape) ? x : reshaped(build, x, shape)
}

function close(a: number | undefined, b: number): boolean {
  return a !== undefined && Math.abs(a - b) < 1e-6
}
