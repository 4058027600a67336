import type { Node, Value } from '../graph/graph'
import type { RewriteContext, Rule } from './rewrite'

/** Pieces cut where they were joined are the pieces. */
const splitOfConcat: Rule = ({ op, inputs, outputs, attributes }, { producer }) => {
  if (op !== 'Split') return
  const axis = attributes.axis as number
  const join = producer(inputs[0]!)
  if (join?.op !== 'Concat' || join.attributes.axis !== axis || join.inputs.length !== outputs.length) return
  return outputs.every((piece, i) => piece.shape[axis] === join.inputs[i]!.shape[axis])
    ? join.inputs
    : undefined
}

/** All the pieces of an array, joined as they were cut, are the array. */
const concatOfSplit: Rule = ({ op, inputs, attributes }, { producer }) => {
  const cut = op === 'Concat' ? producer(inputs[0]!) : undefined
  if (cut?.op !== 'Split' || cut.attributes.axis !== attributes.axis) return
  return cut.outputs.length === inputs.length && inputs.every((value, i) => value === cut.outputs[i])
    ? [cut.inputs[0]!]
    : undefined
}

/** Sums over arrays that were only joined to be summed: one addition each, of what is at hand. */
const sumOfConcat: Rule = ({ op, inputs, outputs }, context) => {
  if (op !== 'ReduceSum' || `${inputs[1]?.constant}` !== '0') return
  const { producer, uses, build } = context
  const stack = producer(inputs[0]!)
  if (stack?.op !== 'Reshape' || uses(inputs[0]!) > 1) return
  const join = producer(stack.inputs[0]!)
  if (join?.op !== 'Concat' || join.attributes.axis !== 0 || uses(stack.inputs[0]!) > 1) return
  const [count, ...rest] = inputs[0]!.shape
  if (count !== join.inputs.length || join.inputs.some(({ shape }) => `${shape}` !== `${rest}`)) return
  const sum = join.inputs.reduce((a, b) => build.emit('Add', [a, b], a.shape))
  const { shape } = outputs[0]!
  return [`${sum.shape}` === `${shape}` ? sum : build.emit('Reshape', [sum, build.ints(shape)], shape)]
}

/** An array repeated along a new first axis and cut there again is the array, each time. */
const splitOfRepeat: Rule = ({ op, inputs, outputs, attributes }, context) => {
  if (op !== 'Split' || attributes.axis !== 0) return
  const { producer, build } = context
  const stacked = producer(inputs[0]!)
  const repeat = stacked?.op === 'Reshape' ? producer(stacked.inputs[0]!) : stacked
  if (!isRepeat(repeat, outputs.length)) return
  const { shape } = outputs[0]!
  if (outputs.some((piece) => piece.shape[0] !== shape[0])) return
  const source = repeat.inputs[0]!
  const piece = build.emit('Reshape', [source, build.ints(shape)], shape)
  return outputs.map(() => piece)
}

/** Whether a node repeats all of an array along the first axis. */
function isRepeat(node: Node | undefined, times: number): node is Node {
  if (node?.op !== 'Expand') return false
  const [from, to] = [node.inputs[0]!.shape, node.outputs[0]!.shape]
  return to[0] === times && `${from}` === `${[1, ...to.slice(1)]}`
}

/** Repetition comes after transposing and after adding or dropping extents of 1, which then touch less. */
const lateRepeats: Rule = ({ op, inputs, outputs, attributes }, { producer, build }) => {
  const repeat = op === 'Transpose' || op === 'Reshape' ? producer(inputs[0]!) : undefined
  const source = repeat?.op === 'Expand' ? repeat.inputs[0]! : undefined
  const wide = inputs[0]!.shape
  if (!source || source.shape.length !== wide.length) return
  const { shape } = outputs[0]!
  if (op === 'Transpose') {
    const narrow = (attributes.perm as readonly number[]).map((axis) => source.shape[axis]!)
    const turned = build.emit('Transpose', [source], narrow, attributes)
    return [build.emit('Expand', [turned, build.ints(shape)], shape)]
  }
  const narrow = besidesUnits(wide, source.shape, shape)
  if (!narrow) return
  const reshaped = build.emit('Reshape', [source, build.ints(narrow)], narrow)
  return [build.emit('Expand', [reshaped, build.ints(shape)], shape)]
}

/** What `narrow` becomes when `from`, which it expands to, is reshaped to `to`, if only extents of 1 come and go. */
function besidesUnits(
  from: readonly number[],
  narrow: readonly number[],
  to: readonly number[],
): readonly number[] | undefined {
  const kept = [...from.keys()].filter((axis) => from[axis] !== 1)
  let next = 0
  const result = to.map((extent) =>
    extent === 1 ? 1 : from[kept[next]!] === extent ? narrow[kept[next++]!]! : -1,
  )
  return next === kept.length && !result.includes(-1) ? result : undefined
}

/** Sums do not care about extents of 1, and what is left of one can be transposed afterwards. */
const plainSums: Rule = ({ op, inputs, outputs, attributes }, context) => {
  if (op !== 'ReduceSum' || attributes.keepdims !== 0) return
  const { producer, build } = context
  const [x, given] = inputs as [Value, Value]
  const axes = given.constant as readonly number[]
  const { shape } = outputs[0]!
  const node = producer(x)
  if (node?.op === 'Reshape') return withoutUnits(x, axes, node, shape, context)
  if (node?.op !== 'Transpose' || shape.length < 2) return
  const perm = node.attributes.perm as readonly number[]
  const left = perm.filter((_, i) => !axes.includes(i))
  const order = left.toSorted((a, b) => a - b)
  const from = node.inputs[0]!
  const before = axes.map((axis) => perm[axis]!).toSorted((a, b) => a - b)
  const sum = build.emit(
    'ReduceSum',
    [from, build.ints(before)],
    order.map((axis) => from.shape[axis]!),
    attributes,
  )
  return [build.emit('Transpose', [sum], shape, { perm: left.map((axis) => order.indexOf(axis)) })]
}

function withoutUnits(
  x: Value,
  axes: readonly number[],
  { inputs }: Node,
  shape: readonly number[],
  { build }: RewriteContext,
): readonly Value[] | undefined {
  const from = inputs[0]!
  const [a, b] = [x, from].map((v) => [...v.shape.keys()].filter((axis) => v.shape[axis] !== 1)) as [
    number[],
    number[],
  ]
  if (from.shape.length >= x.shape.length || a.length !== b.length) return
  if (a.some((axis, i) => x.shape[axis] !== from.shape[b[i]!])) return
  const before = axes.filter((axis) => a.includes(axis)).map((axis) => b[a.indexOf(axis)]!)
  const kept = from.shape.filter((_, axis) => !before.includes(axis))
  const sum = before.length
    ? build.emit('ReduceSum', [from, build.ints(before)], kept, { keepdims: 0 })
    : from
  return [build.emit('Reshape', [sum, build.ints(shape)], shape)]
}

/** Removes joins and repetitions along time that unrolled layers undo at once. */
export const joinRules: readonly Rule[] = [
  splitOfConcat,
  concatOfSplit,
  splitOfRepeat,
  lateRepeats,
  plainSums,
  sumOfConcat,
]
