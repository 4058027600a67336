import { elements, type Node, type Value } from '../graph/graph'
import { type Axes, axesOf } from './axes'
import { allOf, type Division, type Layout, type Rows } from './division'
import { placeSum } from './place-sum'
import { shareOf } from './share'

// Operators whose result for a sum of arrays is the sum of their results, in all arrays or in the first.
const LINEAR = new Set(['Add', 'Concat', 'Sub'])
const LINEAR_IN_FIRST = new Set([
  'Div',
  'Identity',
  'Mul',
  'Neg',
  'ReduceMean',
  'ReduceSum',
  'Reshape',
  'Slice',
  'Split',
  'Transpose',
])

/** Finds out how a node's outputs depend on the parts, and puts it where it belongs. Whether that was possible. */
export function placeNode(division: Division, node: Node): boolean {
  const { nodes, late, layoutOf, addLate } = division
  const kinds = node.inputs.map((value) => layoutOf(value).kind)
  if (kinds.every((kind) => kind === 'same')) {
    nodes.push(node)
    late.push(node)
    return true
  }
  const hasRows = kinds.includes('rows')
  if (kinds.includes('sum') || kinds.includes('late')) {
    // Parts would have to wait for each other.
    if (hasRows) return node.op === 'Gemm' && placeWithRows(division, node)
    if (isLinear(node, kinds)) addOfSums(division, node)
    else addLate(node)
    return true
  }
  return node.op === 'Reshape' ? placeReshape(division, node) : placeWithRows(division, node)
}

function isLinear({ op }: Node, kinds: readonly Layout['kind'][]): boolean {
  const [first, ...others] = kinds
  if (LINEAR.has(op)) return kinds.every((kind) => kind === 'sum')
  return LINEAR_IN_FIRST.has(op) && first === 'sum' && others.every((kind) => kind === 'same')
}

function addOfSums({ nodes, partOf, setSum }: Division, node: Node): void {
  for (const value of node.outputs) setSum(value)
  nodes.push({ ...node, inputs: node.inputs.map(partOf), outputs: node.outputs.map(partOf) })
}

/** In a reshaped array parts alternate after as many elements as before. */
function placeReshape({ nodes, build, parts, layoutOf, partOf, setRows }: Division, node: Node): boolean {
  const [x] = node.inputs as [Value]
  const y = node.outputs[0]!
  const { axis, every } = layoutOf(x) as Rows
  const distance = every * elements(x.shape.slice(axis + 1))
  let stride = 1
  for (let i = y.shape.length - 1; i >= 0; i--) {
    const extent = y.shape[i]!
    if (distance < stride * extent) {
      if (distance % stride || extent % ((distance / stride) * parts)) return false
      setRows(y, i, distance / stride)
      nodes.push({ ...node, inputs: [partOf(x), build.ints(partOf(y).shape)], outputs: [partOf(y)] })
      return true
    }
    stride *= extent
  }
  return false
}

function placeWithRows(division: Division, node: Node): boolean {
  const { nodes, parts, partOf, setRows } = division
  const axes = axesOf(node)
  const rows = axes && alongBatch(division, node, axes)
  if (!rows) return false
  const made = axes.outputs.map((names) => names.indexOf(rows.name))
  const given = (values: readonly Value[]) =>
    allOf(values, (value, i) => shareOf(division, value, axes.inputs[i]!.indexOf(rows.name)))
  if (made.every((axis) => axis < 0))
    return !!axes.over && placeSum(division, node, given, axes.over === 'mean')
  const inputs = given(node.inputs)
  const block = parts * rows.every
  if (!inputs || !node.outputs.every(({ shape }, i) => made[i]! >= 0 && shape[made[i]!]! % block === 0))
    return false
  node.outputs.forEach((value, i) => {
    setRows(value, made[i]!, rows.every)
  })
  const fitting = resized(division, node, inputs, { axis: made[0]!, block })
  if (fitting) nodes.push({ ...node, inputs: fitting, outputs: node.outputs.map(partOf) })
  return !!fitting
}

/** The name of the axis on which all of a node's inputs that have rows have them, if they agree. */
function alongBatch(
  { layoutOf }: Division,
  { inputs }: Node,
  axes: Axes,
): { name: string; every: number } | undefined {
  const rows = inputs.flatMap((value, i) => {
    const layout = layoutOf(value)
    return layout.kind === 'rows' ? [{ name: axes.inputs[i]![layout.axis], every: layout.every }] : []
  })
  const [{ name, every }] = rows as [(typeof rows)[number]]
  if (name === undefined || rows.some((other) => other.name !== name || other.every !== every)) return
  return { name, every }
}

/** A node's inputs with what they say of its axis along the batch, which it may cut between whole batches only. */
function resized(
  { build, parts, partOf }: Division,
  { op, outputs, attributes }: Node,
  inputs: readonly Value[],
  { axis, block }: { axis: number; block: number },
): readonly Value[] | undefined {
  const [x, second, ...rest] = inputs as [Value, Value, ...Value[]]
  if (op === 'Expand') return [x, build.ints(partOf(outputs[0]!).shape)]
  if (op === 'Split' && attributes.axis === axis)
    return [x, build.ints(outputs.map((value) => partOf(value).shape[axis]!))]
  if (op !== 'Slice') return inputs
  const [ends, axes, ...steps] = rest as [Value, Value, ...Value[]]
  const at = (axes.constant as readonly number[]).indexOf(axis)
  if (at < 0) return inputs
  const bounds = [second, ends].map(({ constant }) => [...(constant as readonly number[])])
  if (bounds.some((values) => values[at]! < 0 || values[at]! % block)) return
  const [starts, stops] = bounds.map((values) =>
    build.ints(values.map((bound, i) => (i === at ? bound / parts : bound))),
  )
  return [x, starts!, stops!, axes, ...steps]
}
