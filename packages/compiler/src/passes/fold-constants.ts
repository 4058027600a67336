import { type ConstantData, elements, type Node, splatOf, type Value } from '../graph/graph'
import { type Rule, rewrite } from './rewrite'

/** Larger constants would swell the file more than they save. */
const LIMIT = 4096

const round = Math.fround
const UNARY: Record<string, (x: number) => number> = {
  Abs: Math.abs,
  Cos: Math.cos,
  Exp: Math.exp,
  Floor: Math.floor,
  Log: Math.log,
  Neg: (x) => -x,
  Reciprocal: (x) => 1 / x,
  Relu: (x) => Math.max(x, 0),
  Sigmoid: (x) => 1 / (1 + Math.exp(-x)),
  Sign: Math.sign,
  Sin: Math.sin,
  Sqrt: Math.sqrt,
  Tanh: Math.tanh,
}
const BINARY: Record<string, (x: number, y: number) => number> = {
  Add: (x, y) => x + y,
  Div: (x, y) => x / y,
  Max: Math.max,
  Min: Math.min,
  Mul: (x, y) => x * y,
  Pow: (x, y) => x ** y,
  Sub: (x, y) => x - y,
}

/** Nodes whose inputs are all known. */
const known: Rule = (node, { build }) => {
  if (node.outputs.length !== 1 || !node.inputs.length || !node.inputs.every((value) => value.constant))
    return
  const output = node.outputs[0]!
  const data = evaluate(node, output)
  return data && [build.constant(data, output.shape, output.dtype)]
}

function evaluate({ op, inputs, attributes }: Node, output: Value): ConstantData | undefined {
  const [a, b] = inputs as [Value, Value]
  const integral = output.dtype !== 'float32'
  const exact = integral ? Math.trunc : round
  const unary = UNARY[op]
  if (unary) return Array.from(a.constant as ArrayLike<number>, (x) => exact(unary(x)))
  if (op === 'Cast' && ['float32', 'int32'].includes(attributes.to as string))
    return Array.from(a.constant as ArrayLike<number>, exact)
  if (op === 'Reshape') return a.constant
  if (op === 'Expand' || op === 'Tile' || op === 'Transpose')
    return splatOf(a) === undefined ? undefined : [splatOf(a)!]
  const binary = BINARY[op]
  if (!binary || inputs.length !== 2 || (op === 'Div' && integral)) return
  const [x, y] = [splatOf(a), splatOf(b)]
  if (x !== undefined && y !== undefined) return [exact(binary(x, y))]
  const size = elements(output.shape)
  if (size > LIMIT) return
  const whole = (v: Value) => v.constant!.length === size || v.constant!.length === 1
  if (!whole(a) || !whole(b)) return
  return Array.from({ length: size }, (_, i) =>
    exact(binary(x ?? (a.constant as number[])[i]!, y ?? (b.constant as number[])[i]!)),
  )
}

/** Sums of what is filled with one number. */
const reductions: Rule = ({ op, inputs, outputs }, { build }) => {
  const value = inputs[0] && splatOf(inputs[0])
  const output = outputs[0]!
  if (value === undefined || !inputs[0]!.constant) return
  const count = elements(inputs[0]!.shape) / Math.max(1, elements(output.shape))
  if (op === 'ReduceMean') return [build.constant([value], output.shape, output.dtype)]
  if (op === 'ReduceSum') return [build.constant([round(value * count)], output.shape, output.dtype)]
  return
}

/** Evaluates what does not depend on any input. */
export const foldConstants = rewrite(known, reductions)
