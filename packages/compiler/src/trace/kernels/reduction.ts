import type { Builder } from '../../graph/builder'
import type { Value } from '../../graph/graph'
import type { KernelRule, KernelRules } from '../kernel'
import { castTo } from './elementwise'

/** Axes counted from the front. */
export function normalAxes(axis: number | readonly number[] | undefined | null, rank: number): number[] {
  const axes = axis === undefined || axis === null ? Array.from({ length: rank }, (_, i) => i) : [axis].flat()
  return (axes as number[]).map((a) => (a < 0 ? a + rank : a)).sort((a, b) => a - b)
}

/** A reduction over `axes`; ONNX takes them as an input. */
export function reduce(build: Builder, op: string, x: Value, axes: readonly number[], keep: boolean): Value {
  const shape = keep
    ? x.shape.map((extent, i) => (axes.includes(i) ? 1 : extent))
    : x.shape.filter((_, i) => !axes.includes(i))
  if (axes.length === 0) return x
  return build.emit(op, [x, build.ints(axes)], shape, { keepdims: keep ? 1 : 0 })
}

const reduction =
  (op: string): KernelRule =>
  ({ build, inputs: { x }, attributes }) =>
    reduce(
      build,
      op,
      x!,
      normalAxes((attributes.axis ?? attributes.reductionIndices) as never, x!.shape.length),
      !!attributes.keepDims,
    )

/** Sums of booleans count. */
const sum: KernelRule = (call) => {
  const { build, inputs } = call
  const x = inputs.x!.dtype === 'bool' ? castTo(build, inputs.x!, 'int32') : inputs.x!
  return reduction('ReduceSum')({ ...call, inputs: { x } })
}

const logical =
  (op: string): KernelRule =>
  (call) => {
    const { build, inputs } = call
    const result = reduction(op)({ ...call, inputs: { x: castTo(build, inputs.x!, 'int32') } }) as Value
    return castTo(build, result, 'bool')
  }

const arg =
  (op: string): KernelRule =>
  ({ build, inputs: { x }, attributes }) => {
    const axis = normalAxes(attributes.axis as number, x!.shape.length)[0]!
    const shape = x!.shape.filter((_, i) => i !== axis)
    return castTo(build, build.emit(op, [x!], shape, { axis, keepdims: 0 }, 'int64'), 'int32')
  }

const softmax =
  (op: string): KernelRule =>
  ({ build, inputs: { logits } }) =>
    build.emit(op, [logits!], logits!.shape, { axis: -1 })

export const reductions: KernelRules = {
  Sum: sum,
  Mean: reduction('ReduceMean'),
  Max: reduction('ReduceMax'),
  Min: reduction('ReduceMin'),
  Prod: reduction('ReduceProd'),
  All: logical('ReduceMin'),
  Any: logical('ReduceMax'),
  ArgMax: arg('ArgMax'),
  ArgMin: arg('ArgMin'),
  Softmax: softmax('Softmax'),
  LogSoftmax: softmax('LogSoftmax'),
}
