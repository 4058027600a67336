import { ELEMENTWISE } from '../graph/elementwise-operators'
import { elements, type Node, type Value } from '../graph/graph'

/** Names of axes by array; an axis without one belongs to its array alone. */
type Names = readonly (readonly (string | undefined)[])[]

/** Which axes of a node's arrays run together: to compute some positions of one, those of its namesakes suffice. */
export interface Axes {
  readonly inputs: Names
  readonly outputs: Names
  /** What the node does over an axis that none of its outputs has; nothing where it is neither. */
  readonly over?: 'sum' | 'mean'
}

type Rule = (node: Node) => Axes | undefined

const indices = ({ shape }: Value) => shape.map((_, i) => `${i}`)
const without = (names: readonly string[], hidden: (axis: number) => boolean) =>
  names.map((name, axis) => (hidden(axis) ? undefined : name))
const numbers = (value: Value | undefined) => value?.constant as readonly number[] | undefined
const unnamed = ({ shape }: Value) => shape.map(() => undefined)

/** Axes of an array that is broadcast against one whose axes have these names and extents. */
function broadcast({ shape }: Value, names: readonly string[], extents: readonly number[]) {
  const missing = names.length - shape.length
  return shape.map((extent, i) => (extent === extents[i + missing] ? names[i + missing] : undefined))
}

const elementwise: Rule = ({ inputs, outputs }) => {
  const names = indices(outputs[0]!)
  return {
    inputs: inputs.map((value) => broadcast(value, names, outputs[0]!.shape)),
    outputs: [names],
  }
}

function reduction(over?: Axes['over']): Rule {
  return ({ inputs, outputs, attributes }) => {
    const names = indices(inputs[0]!)
    const given = numbers(inputs[1]) ?? [...names.keys()]
    const axes = new Set(given.map((axis) => (axis < 0 ? axis + names.length : axis)))
    const kept = attributes.keepdims === 0 ? names.filter((_, i) => !axes.has(i)) : undefined
    return {
      inputs: [names, ...inputs.slice(1).map(unnamed)],
      outputs: outputs.map(() => kept ?? without(names, (axis) => axes.has(axis))),
      ...(over && { over }),
    }
  }
}

/** All axes but one, which the operator goes along. */
const along: Rule = ({ inputs, outputs, attributes }) => {
  const rank = inputs[0]!.shape.length
  const axis = (((attributes.axis as number | undefined) ?? -1) + rank) % rank
  const names = without(indices(inputs[0]!), (i) => i === axis)
  return { inputs: [names, ...inputs.slice(1).map(unnamed)], outputs: outputs.map(() => names) }
}

/** All axes that keep their extent. */
const extending: Rule = ({ inputs, outputs }) => {
  const [x, ...rest] = inputs as [Value, ...Value[]]
  const names = indices(outputs[0]!)
  return { inputs: [broadcast(x, names, outputs[0]!.shape), ...rest.map(unnamed)], outputs: [names] }
}

/** Axes of which all of the array, or consecutive positions, are taken or joined. */
const cutting: Rule = ({ op, inputs, outputs }) => {
  const names = indices(inputs[0]!)
  const steps = op === 'Slice' ? numbers(inputs[4]) : undefined
  const axes = op === 'Slice' ? (numbers(inputs[3]) ?? [...names.keys()]) : []
  const stepped = new Set(axes.filter((_, i) => (steps?.[i] ?? 1) !== 1))
  const shown = without(names, (axis) => stepped.has(axis))
  const joins = op === 'Concat'
  return {
    inputs: inputs.map((value, i) => (i === 0 || joins ? shown : unnamed(value))),
    outputs: outputs.map(() => shown),
  }
}

/** Images by number; their pixels and channels lie together. */
const ofImages: Rule = ({ inputs, outputs }) => {
  if (outputs.length > 1) return
  const [x, ...rest] = inputs as [Value, ...Value[]]
  const names = (value: Value) => without(indices(value), (axis) => axis > 0)
  return { inputs: [names(x), ...rest.map(unnamed)], outputs: [names(outputs[0]!)] }
}

const product: Rule = ({ inputs, outputs }) => {
  const [a, b] = inputs as [Value, Value]
  const rank = outputs[0]!.shape.length
  if (a.shape.length < 2 || b.shape.length < 2) return
  const names = indices(outputs[0]!).slice(0, -2)
  const batch = ({ shape }: Value) =>
    shape.slice(0, -2).map((extent, i) => {
      const at = i + rank - shape.length
      return extent === outputs[0]!.shape[at] ? names[at] : undefined
    })
  return {
    inputs: [
      [...batch(a), 'rows', 'inner'],
      [...batch(b), 'inner', 'columns'],
    ],
    outputs: [[...names, 'rows', 'columns']],
    over: 'sum',
  }
}

const gemm: Rule = ({ inputs, outputs, attributes }) => {
  const names = ['rows', 'columns']
  return {
    inputs: [
      attributes.transA === 1 ? ['inner', 'rows'] : ['rows', 'inner'],
      attributes.transB === 1 ? ['columns', 'inner'] : ['inner', 'columns'],
      ...inputs.slice(2).map((c) => broadcast(c, names, outputs[0]!.shape)),
    ],
    outputs: [names],
    over: 'sum',
  }
}

const transpose: Rule = ({ inputs, attributes }) => {
  const names = indices(inputs[0]!)
  return { inputs: [names], outputs: [(attributes.perm as readonly number[]).map((axis) => names[axis])] }
}

const gather: Rule = ({ inputs, attributes }) => {
  const [x, where] = inputs as [Value, Value]
  const axis = (attributes.axis as number | undefined) ?? 0
  const names = without(indices(x), (i) => i === axis)
  const places = indices(where).map((name) => `place ${name}`)
  return {
    inputs: [names, places],
    outputs: [[...names.slice(0, axis), ...places, ...names.slice(axis + 1)]],
  }
}

const padding: Rule = ({ inputs, outputs }) => {
  const [x, pads, ...rest] = inputs as [Value, Value, ...Value[]]
  const rank = x.shape.length
  const names = without(indices(x), (axis) => !!pads.constant?.[axis] || !!pads.constant?.[axis + rank])
  return { inputs: [names, ...[pads, ...rest].map(unnamed)], outputs: outputs.map(() => names) }
}

const RULES: Readonly<Record<string, Rule>> = {
  ...Object.fromEntries([...ELEMENTWISE].map((op) => [op, elementwise])),
  ...{ Clip: elementwise, IsInf: elementwise, IsNaN: elementwise, PRelu: elementwise, Xor: elementwise },
  ...{ ReduceSum: reduction('sum'), ReduceMean: reduction('mean') },
  ...{ ReduceMax: reduction(), ReduceMin: reduction(), ReduceProd: reduction() },
  ...{ Softmax: along, LogSoftmax: along },
  ...{ Expand: extending, Tile: extending },
  ...{ Concat: cutting, Slice: cutting, Split: cutting },
  ...{ Conv: ofImages, ConvTranspose: ofImages, MaxPool: ofImages, AveragePool: ofImages },
  ...{ MatMul: product, Gemm: gemm, Transpose: transpose, Gather: gather, Pad: padding },
}

/** What is known of a node's axes; nothing of operators that this does not know. */
export function axesOf(node: Node): Axes | undefined {
  if (node.outputs.some(({ shape }) => elements(shape) === 0)) return
  return Object.hasOwn(RULES, node.op) ? RULES[node.op]!(node) : undefined
}
