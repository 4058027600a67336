import { ELEMENTWISE } from '../graph/elementwise-operators'
import { elements, type Node, type Value } from '../graph/graph'
import { type RewriteContext, type Rule, rewrite } from './rewrite'

const REDUCTIONS = new Set(['ReduceSum', 'ReduceMean', 'ReduceMax', 'ReduceMin', 'ReduceProd'])

function increasing(order: readonly number[]): boolean {
  return order.every((axis, i) => i === 0 || axis > order[i - 1]!)
}

/**
 * Elementwise nodes move above the transposes of their operands. The transposes around convolutions, which ONNX wants
 * channels first, then meet and cancel.
 */
const sinkTransposes: Rule = ({ op, inputs, outputs, attributes }, context) => {
  if (!ELEMENTWISE.has(op)) return
  const output = outputs[0]!
  const rank = output.shape.length
  const source = (value: Value) => {
    const node = context.producer(value)
    return node?.op === 'Transpose' &&
      value.shape.length === rank &&
      elements(value.shape) === elements(output.shape)
      ? node
      : undefined
  }
  const perm = inputs.map(source).find(Boolean)?.attributes.perm as readonly number[] | undefined
  if (!perm) return
  const shape = [...perm.keys()].map((axis) => output.shape[perm.indexOf(axis)]!)
  const moved = inputs.map((value) => {
    const node = source(value)
    if (node) return `${node.attributes.perm}` === `${perm}` ? node.inputs[0]! : undefined
    return broadcastBefore(value, perm, context)
  })
  if (moved.some((value) => !value)) return
  const { build } = context
  return [
    build.emit(
      'Transpose',
      [build.emit(op, moved as Value[], shape, attributes, output.dtype)],
      output.shape,
      { perm },
    ),
  ]
}

/** An operand that is broadcast over a transposed array, for the array before the transpose. */
function broadcastBefore(
  value: Value,
  perm: readonly number[],
  { build }: RewriteContext,
): Value | undefined {
  if (elements(value.shape) === 1) return value
  const padded = [...Array<number>(perm.length - value.shape.length).fill(1), ...value.shape]
  const axes = [...perm.keys()].filter((axis) => padded[axis] !== 1)
  if (axes.length === perm.length || !increasing(axes.map((axis) => perm[axis]!))) return
  const shape = [...perm.keys()].map((axis) => padded[perm.indexOf(axis)]!)
  const first = shape.findIndex((extent) => extent !== 1)
  const trimmed = shape.slice(first)
  return build.emit('Reshape', [value, build.ints(trimmed)], trimmed)
}

/** A reduction does not care in which order its array lies, as long as the axes that stay keep theirs. */
const reduceUntransposed: Rule = ({ op, inputs, outputs, attributes }, { build, producer }) => {
  if (!REDUCTIONS.has(op) || attributes.keepdims !== 0) return
  const transpose = producer(inputs[0]!)
  if (transpose?.op !== 'Transpose') return
  const perm = transpose.attributes.perm as readonly number[]
  const axes = inputs[1]!.constant as readonly number[]
  const kept = perm.filter((_, i) => !axes.includes(i))
  if (!increasing(kept)) return
  const before = axes.map((axis) => perm[axis]!).sort((a, b) => a - b)
  return [build.emit(op, [transpose.inputs[0]!, build.ints(before)], outputs[0]!.shape, attributes)]
}

/** conv(x, w) + b in the convolution itself. */
const convolutionBias: Rule = ({ op, inputs, outputs }, { build, producer, uses }) => {
  if (op !== 'Add') return
  for (const [i, value] of inputs.entries()) {
    const node = producer(value)
    // The transpose of a single channel has become a reshape.
    const image = node?.op === 'Reshape' && node.inputs[0]!.shape[1] === 1 ? node.inputs[0]! : value
    const conv = producer(image)
    if (!isConvolution(conv) || conv.inputs.length !== 2 || uses(value) > 1 || uses(image) > 1) continue
    const bias = inputs[1 - i]!
    const channels = image.shape[1]!
    if (elements(bias.shape) !== channels || (image === value && !liesOnChannels(bias, value))) continue
    const flat = build.emit('Reshape', [bias, build.ints([channels])], [channels])
    const biased = build.emit(conv.op, [...conv.inputs, flat], image.shape, conv.attributes)
    const { shape } = outputs[0]!
    return [image === value ? biased : build.emit('Reshape', [biased, build.ints(shape)], shape)]
  }
  return
}

/** Whether a bias is broadcast over all but the channels of an array that lies channels first. */
function liesOnChannels(bias: Value, { shape }: Value): boolean {
  const trailing = [shape[1]!, ...Array<number>(shape.length - 2).fill(1)]
  return `${bias.shape.slice(-trailing.length)}` === `${trailing}`
}

function isConvolution(node: Node | undefined): node is Node {
  return node?.op === 'Conv' || node?.op === 'ConvTranspose'
}

/** Keeps arrays in the order in which convolutions want them. */
export const settleLayout = rewrite(sinkTransposes, reduceUntransposed, convolutionBias)
