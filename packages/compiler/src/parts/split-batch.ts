import { createBuilder } from '../graph/builder'
import { ELEMENTWISE } from '../graph/elementwise-operators'
import {
  elements,
  floatOf,
  type Graph,
  type GraphInput,
  type GraphOutput,
  makeValue,
  type Node,
  splatOf,
  type Value,
} from '../graph/graph'
import { dropDeadCode } from '../passes/dead-code'
import { type Axes, axesOf } from './axes'

/** A graph in two: what each part of a batch goes through, and what is done once with the sums over the parts. */
export interface BatchSplit {
  readonly parts: number
  /** Inputs of which each part gets as many rows as the others, in order. */
  readonly shared: ReadonlySet<string>
  /** Its outputs are sums over the part. */
  readonly part: Graph
  /** Reads those outputs as inputs by `sumName`. */
  readonly rest: Graph
}

/** The name of an input of the rest: an output of a part. */
export function sumName(part: number, output: string): string {
  return `part/${part}/${output}`
}

/**
 * How an array depends on the parts of a batch: `same` for all; their `rows`, on an axis where each part has `every`
 * positions in turn; a `sum` over the parts; or `late`, known only from sums.
 */
type Layout =
  | { readonly kind: 'same' | 'sum' | 'late' }
  | { readonly kind: 'rows'; readonly axis: number; readonly every: number }
type Rows = Extract<Layout, { kind: 'rows' }>

const SAME: Layout = { kind: 'same' }
const SUM: Layout = { kind: 'sum' }
const LATE: Layout = { kind: 'late' }

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

/**
 * Splits a graph whose outputs are functions of sums over a batch, as losses and their gradients are when samples do not
 * meet before. Whether they do is read off the axes of every node, whatever the objective; gives nothing where they do, or
 * where a node is not understood. The same numbers come out but for the order in which they are added.
 *
 * `isBatch` tells inputs that may have a row for each of `batch` samples.
 */
export function splitBatch(
  graph: Graph,
  batch: number,
  parts: number,
  isBatch: (input: GraphInput) => boolean,
): BatchSplit | undefined {
  if (batch % parts) return
  const layouts = new Map<Value, Layout>()
  const nodes: Node[] = []
  const build = createBuilder(nodes)
  /** Values as a part sees them. */
  const inPart = new Map<Value, Value>()
  const shorter = new Map<string, Value | undefined>()
  const late: Node[] = []
  /** Late values that are a sum over the parts and one term more. */
  const totals = new Map<Value, { readonly sum: Value; readonly term: Value }>()
  const makers = new Map(graph.nodes.flatMap((node) => node.outputs.map((value) => [value, node] as const)))
  const layoutOf = (value: Value) => layouts.get(value) ?? SAME

  const shared = graph.inputs.filter((input) => input.value.shape[0] === batch && isBatch(input))
  if (!shared.length) return
  for (const { value } of shared) setRows(value, 0, batch / parts)

  for (const node of graph.nodes) if (!place(node)) return
  if (graph.outputs.some(({ value }) => layoutOf(value).kind === 'rows')) return

  const rest = dropDeadCode({ inputs: graph.inputs, nodes: late, outputs: graph.outputs })
  const read = new Set([
    ...rest.nodes.flatMap((node) => node.inputs),
    ...graph.outputs.map(({ value }) => value),
  ])
  const sums = [...read].filter((value) => layoutOf(value).kind === 'sum')
  if (!sums.length) return
  const outputs: GraphOutput[] = sums.map((value) => ({ name: `sum/${value.id}`, value: partOf(value) }))
  const names = new Set(shared.map(({ name }) => name))
  return { parts, shared: names, part: partGraph(), rest: restGraph() }

  function setRows(value: Value, axis: number, every: number): void {
    layouts.set(value, { kind: 'rows', axis, every })
    inPart.set(value, makeValue(smaller(value.shape, axis), value.dtype))
  }

  function smaller(shape: readonly number[], along: number): number[] {
    return shape.map((extent, axis) => (axis === along ? extent / parts : extent))
  }

  function partOf(value: Value): Value {
    return inPart.get(value) ?? value
  }

  /** Finds out how a node's outputs depend on the parts, and puts it where it belongs. Whether that was possible. */
  function place(node: Node): boolean {
    const kinds = node.inputs.map((value) => layoutOf(value).kind)
    if (kinds.every((kind) => kind === 'same')) {
      nodes.push(node)
      late.push(node)
      return true
    }
    const hasRows = kinds.includes('rows')
    if (kinds.includes('sum') || kinds.includes('late')) {
      // Parts would have to wait for each other.
      if (hasRows) return node.op === 'Gemm' && placeWithRows(node)
      if (isLinear(node, kinds)) addOfSums(node)
      else addLate(node)
      return true
    }
    return node.op === 'Reshape' ? placeReshape(node) : placeWithRows(node)
  }

  function addLate(node: Node): void {
    late.push(node)
    for (const value of node.outputs) layouts.set(value, LATE)
  }

  function addOfSums(node: Node): void {
    for (const value of node.outputs) {
      layouts.set(value, SUM)
      inPart.set(value, makeValue(value.shape, value.dtype))
    }
    nodes.push({ ...node, inputs: node.inputs.map(partOf), outputs: node.outputs.map(partOf) })
  }

  /** In a reshaped array parts alternate after as many elements as before. */
  function placeReshape(node: Node): boolean {
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

  function placeWithRows(node: Node): boolean {
    const axes = axesOf(node)
    const rows = axes && alongBatch(node, axes)
    if (!rows) return false
    const made = axes.outputs.map((names) => names.indexOf(rows.name))
    const given = (values: readonly Value[]) =>
      allOf(values, (value, i) => shareOf(value, axes.inputs[i]!.indexOf(rows.name)))
    if (made.every((axis) => axis < 0)) return !!axes.over && placeSum(node, given, axes.over === 'mean')
    const inputs = given(node.inputs)
    const block = parts * rows.every
    if (!inputs || !node.outputs.every(({ shape }, i) => made[i]! >= 0 && shape[made[i]!]! % block === 0))
      return false
    node.outputs.forEach((value, i) => {
      setRows(value, made[i]!, rows.every)
    })
    const fitting = resized(node, inputs, made[0]!, block)
    if (fitting) nodes.push({ ...node, inputs: fitting, outputs: node.outputs.map(partOf) })
    return !!fitting
  }

  /** The name of the axis on which all of a node's inputs that have rows have them, if they agree. */
  function alongBatch({ inputs }: Node, axes: Axes): { name: string; every: number } | undefined {
    const rows = inputs.flatMap((value, i) => {
      const layout = layoutOf(value)
      return layout.kind === 'rows' ? [{ name: axes.inputs[i]![layout.axis], every: layout.every }] : []
    })
    const [{ name, every }] = rows as [(typeof rows)[number]]
    if (name === undefined || rows.some((other) => other.name !== name || other.every !== every)) return
    return { name, every }
  }

  /** What a part has of an array whose `axis`, if it is one, runs along the batch. */
  function shareOf(value: Value, axis: number): Value | undefined {
    const { kind } = layoutOf(value)
    if (kind === 'rows') return partOf(value)
    if (kind !== 'same') return
    return axis < 0 ? value : shortened(value, axis)
  }

  /** An array that is the same all along an axis, for a part; nothing if it is not known to be. */
  function shortened(value: Value, axis: number): Value | undefined {
    const key = `${value.id} ${axis}`
    if (!shorter.has(key)) shorter.set(key, shorten(value, axis))
    return shorter.get(key)
  }

  function shorten(value: Value, axis: number): Value | undefined {
    const shape = smaller(value.shape, axis)
    if (splatOf(value) !== undefined) return makeValue(shape, value.dtype, value.constant)
    const node = makers.get(value)
    const expands = node?.op === 'Expand'
    if (!node || !(expands || ELEMENTWISE.has(node.op))) return
    const inputs = allOf(expands ? node.inputs.slice(0, 1) : node.inputs, (array) => {
      const at = axis - shape.length + array.shape.length
      return (array.shape[at] ?? 1) === 1 ? array : shortened(array, at)
    })
    const more = expands ? [build.ints(shape)] : []
    return inputs && build.emit(node.op, [...inputs, ...more], shape, node.attributes, value.dtype)
  }

  /** A node's inputs with what they say of its axis along the batch, which it may cut between whole batches only. */
  function resized(
    { op, outputs, attributes }: Node,
    inputs: readonly Value[],
    axis: number,
    block: number,
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

  /** A node that adds over the samples: each part's share of it, and the rest of it once they are added. */
  function placeSum(
    node: Node,
    given: (values: readonly Value[]) => readonly Value[] | undefined,
    isMean: boolean,
  ): boolean {
    const y = node.outputs[0]!
    const added = node.op === 'Gemm' ? node.inputs[2] : undefined
    const terms = given(added ? node.inputs.slice(0, 2) : node.inputs)
    if (!terms) return false
    if (added && layoutOf(added).kind !== 'sum') return placeTotal(node, terms, added)
    const share = makeValue(y.shape, y.dtype)
    nodes.push({ ...node, inputs: [...terms, ...(added ? [partOf(added)] : [])], outputs: [share] })
    layouts.set(y, SUM)
    inPart.set(y, isMean ? build.emit('Mul', [share, build.scalar(1 / parts)], y.shape) : share)
    return true
  }

  /** A product to which something is added that is no sum: that is left to the rest. */
  function placeTotal(node: Node, terms: readonly Value[], added: Value): boolean {
    const y = node.outputs[0]!
    const { beta: _, ...attributes } = node.attributes
    const beta = floatOf(node, 'beta', 1)
    // Products that are added to one another stay with the parts.
    const before = beta === 1 ? totals.get(added) : undefined
    const share = makeValue(y.shape, y.dtype)
    nodes.push({
      ...node,
      inputs: [...terms, ...(before ? [partOf(before.sum)] : [])],
      outputs: [share],
      attributes,
    })
    const sum = makeValue(y.shape, y.dtype)
    layouts.set(sum, SUM)
    inPart.set(sum, share)
    const made: Node[] = []
    const after = createBuilder(made)
    const term =
      before?.term ?? (beta === 1 ? added : after.emit('Mul', [added, after.scalar(beta)], added.shape))
    totals.set(y, { sum, term })
    for (const one of [...made, { op: 'Add', inputs: [sum, term], outputs: [y], attributes: {} }])
      addLate(one)
    return true
  }

  function partGraph(): Graph {
    const inputs = graph.inputs.map((input) => ({ ...input, value: partOf(input.value) }))
    return dropDeadCode({ inputs, nodes, outputs })
  }

  function restGraph(): Graph {
    const added: Node[] = []
    const shares = sums.flatMap((sum, i) => {
      const { name } = outputs[i]!
      const given = Array.from({ length: parts }, (_, part) => ({
        name: sumName(part, name),
        value: makeValue(sum.shape, sum.dtype),
      }))
      given.slice(1).reduce((total, { value }, k) => {
        const next = k === parts - 2 ? sum : makeValue(sum.shape, sum.dtype)
        added.push({ op: 'Add', inputs: [total, value], outputs: [next], attributes: {} })
        return next
      }, given[0]!.value)
      return given
    })
    return { ...rest, inputs: [...graph.inputs, ...shares], nodes: [...added, ...rest.nodes] }
  }

  function isLinear({ op }: Node, kinds: readonly Layout['kind'][]): boolean {
    const [first, ...others] = kinds
    if (LINEAR.has(op)) return kinds.every((kind) => kind === 'sum')
    return LINEAR_IN_FIRST.has(op) && first === 'sum' && others.every((kind) => kind === 'same')
  }
}

/** What `make` makes of every value, or nothing if it makes nothing of one. */
function allOf(
  values: readonly Value[],
  make: (value: Value, i: number) => Value | undefined,
): readonly Value[] | undefined {
  const made = values.map(make)
  return made.every((value) => value !== undefined) ? made : undefined
}
