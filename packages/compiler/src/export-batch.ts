import { SandglassError } from '@sandglass/core'
import { type Builder, createBuilder } from './graph/builder'
import { type ConstantData, type Graph, type Node, sameExtents, type Value } from './graph/graph'

/** Batch sizes to trace with: primes, so that no product of other extents is a multiple of one by chance. */
const PRIMES = [251, 257, 263, 269, 271, 277, 281, 283, 293, 307, 311, 313]

/** Three batch sizes none of which is one of the given extents. */
export function batchSizes(extents: ReadonlySet<number>): readonly [number, number, number] {
  return PRIMES.filter((size) => !extents.has(size)).slice(0, 3) as unknown as [number, number, number]
}

/** Says what about a function ties it to one batch size. */
export class FixedBatch extends Error {}

/**
 * Makes one graph for batches of any size out of the graphs of the same function at several sizes. Proves on the way
 * that they differ in nothing but numbers proportional to the size: the extents of values, and entries of the shapes
 * that nodes like Reshape and Expand are given. Those entries become −1 where that means the same, and are computed
 * from the extent of the first input elsewhere.
 *
 * The values of the result keep the extents of the first graph.
 *
 * @throws FixedBatch when there is no such graph
 */
export function withDynamicBatch(graphs: readonly Graph[], sizes: readonly number[]): Graph {
  const [first, ...others] = graphs as [Graph, ...Graph[]]
  const nodes: Node[] = []
  const build = createBuilder(nodes)
  const counterparts = createCounterparts()
  const allInputs = align(
    graphs.map((graph) => graph.inputs),
    'its inputs',
  )
  for (const inputs of allInputs) {
    checkEnds(inputs, sizes)
    counterparts.add(inputs.map(({ value }) => value) as unknown as Aligned<Value>)
  }
  const source = first.inputs[0]?.value
  if (!source) throw new FixedBatch('having no inputs')
  let extent: Value | undefined
  const batch = () => {
    extent ??= build.emit('Shape', [source], [1], { start: 0, end: 1 }, 'int64')
    return extent
  }
  const allNodes = align(
    graphs.map((graph) => graph.nodes),
    'the number of its steps',
  )
  for (const aligned of allNodes) nodes.push(joinNodes({ build, sizes, counterparts, batch }, aligned))

  const outputs = align(
    graphs.map((graph) => graph.outputs),
    'its outputs',
  ).map((aligned) => {
    checkEnds(aligned, sizes)
    const { name, value } = aligned[0]
    const values = aligned.map((output) => output.value) as unknown as Aligned<Value>
    if (value.constant || !counterparts.has(values)) throw new FixedBatch(`the output "${name}"`)
    return { name, value }
  })
  return { inputs: first.inputs, outputs, nodes: others.length ? nodes : first.nodes }
}

/** One of each graph, in their order. */
type Aligned<T> = readonly [T, ...T[]]

function align<T>(lists: readonly (readonly T[])[], what: string): Aligned<T>[] {
  const length = lists[0]!.length
  if (lists.some((list) => list.length !== length)) throw new FixedBatch(what)
  return lists[0]!.map((_, i) => lists.map((list) => list[i]!) as unknown as Aligned<T>)
}

/** Which values of the graphs stand for one another. */
interface Counterparts {
  add(values: Aligned<Value>): void
  has(values: Aligned<Value>): boolean
}

function createCounterparts(): Counterparts {
  const known = new Map<Value, readonly Value[]>()
  const has = ([value, ...rest]: Aligned<Value>) =>
    known.get(value)?.every((other, i) => other === rest[i]) ?? false
  return {
    has,
    add: (values) => {
      const [value, ...rest] = values
      if (known.has(value) && !has(values)) throw new FixedBatch('the order of its steps')
      if (rest.some(({ dtype }) => dtype !== value.dtype)) throw new FixedBatch('the types of its values')
      known.set(value, rest)
    },
  }
}

interface Join {
  readonly build: Builder
  readonly sizes: readonly number[]
  readonly counterparts: Counterparts
  /** The batch size, as the graph finds it when it runs. */
  batch(): Value
}

/** One node for all sizes; what its inputs take to compute is emitted before it. */
function joinNodes(join: Join, aligned: Aligned<Node>): Node {
  const node = aligned[0]
  const what = `the operator ${node.op}`
  if (aligned.some(({ op }) => op !== node.op)) throw new FixedBatch(what)
  if (aligned.some(({ attributes }) => JSON.stringify(attributes) !== JSON.stringify(node.attributes)))
    throw new FixedBatch(`the attributes of ${what}`)
  const inputs = align(
    aligned.map((n) => n.inputs),
    what,
  ).map((values, i) => joinInputs(join, node, i, values, what))
  const allOutputs = align(
    aligned.map((n) => n.outputs),
    what,
  )
  for (const values of allOutputs) {
    factorsOf(
      join,
      values.map(({ shape }) => shape),
      what,
      `an extent made by ${what}`,
    )
    join.counterparts.add(values)
  }
  return { ...node, inputs }
}

function joinInputs(join: Join, node: Node, index: number, values: Aligned<Value>, what: string): Value {
  const [value, ...rest] = values
  if (!value.constant) {
    if (!join.counterparts.has(values)) throw new FixedBatch(`what ${what} reads`)
    return value
  }
  const contents = values.map(({ constant }) => constant)
  const sameData = contents.every((data) => data && sameNumbers(data, value.constant!))
  if (sameData && rest.every(({ shape }) => sameExtents(shape, value.shape))) return value
  if (sameData && value.constant.length === 1) return filled(join, values, what)
  if (value.dtype === 'int64' && contents.every((data) => data && data.length === value.shape[0]))
    return shapeVector(join, node, index, contents as ConstantData[], what)
  throw new FixedBatch(`a constant that ${what} reads`)
}

/** A constant filled with one number, in a shape that depends on the batch. */
function filled(join: Join, values: Aligned<Value>, what: string): Value {
  const { build, batch } = join
  const { constant, dtype, shape } = values[0]
  const shapes = values.map((value) => value.shape)
  const factors = factorsOf(join, shapes, what, `a constant that ${what} reads`)
  const scalar = build.constant(constant!, [], dtype)
  return build.emit('Expand', [scalar, computed(build, factors, batch)], shape, {}, dtype)
}

function shapeVector(
  join: Join,
  node: Node,
  index: number,
  vectors: readonly ConstantData[],
  what: string,
): Value {
  const { build, batch } = join
  const entries = vectors.map((vector) => Array.from(vector as ArrayLike<number>))
  const factors = factorsOf(join, entries, what, `a shape that ${what} is given`)
  if (node.op === 'Reshape' && index === 1 && factors.filter(({ batches }) => batches).length === 1)
    return build.ints(factors.map(({ batches, extent }) => (batches ? -1 : extent)))
  return computed(build, factors, batch)
}

/** How each entry follows the batch size. `tied`: what ties the function to one size if one does not. */
function factorsOf(
  { sizes }: Join,
  entries: readonly (readonly number[])[],
  what: string,
  tied: string,
): Factor[] {
  return align(entries, what).map((numbers) => {
    const factor = proportion(numbers, sizes)
    if (!factor) throw new FixedBatch(tied)
    return factor
  })
}

/** An extent: so many times the batch size, or a number of its own. */
interface Factor {
  readonly extent: number
  readonly batches: number
}

/** How a number follows the batch size, if it is constant or proportional. */
function proportion(values: readonly number[], sizes: readonly number[]): Factor | undefined {
  const extent = values[0]!
  if (values.every((value) => value === extent)) return { extent, batches: 0 }
  const batches = extent / sizes[0]!
  return Number.isInteger(batches) && values.every((value, i) => value === batches * sizes[i]!)
    ? { extent, batches }
    : undefined
}

/** A vector of extents that is made when the graph runs. */
function computed(build: Builder, factors: readonly Factor[], batch: () => Value): Value {
  const parts: Value[] = []
  let run: number[] = []
  const flush = () => {
    if (run.length) parts.push(build.ints(run))
    run = []
  }
  for (const { extent, batches } of factors) {
    if (!batches) {
      run.push(extent)
      continue
    }
    flush()
    parts.push(batches === 1 ? batch() : build.emit('Mul', [batch(), build.ints([batches])], [1]))
  }
  flush()
  return parts.length === 1 ? parts[0]! : build.emit('Concat', parts, [factors.length], { axis: 0 })
}

/** Inputs and outputs must have the batch as their first extent and nowhere else. */
function checkEnds(
  ends: readonly { readonly name: string; readonly value: Value }[],
  sizes: readonly number[],
): void {
  const { name, value } = ends[0]!
  const fits = ends.every(
    (end, i) =>
      end.name === name &&
      end.value.shape[0] === sizes[i] &&
      sameExtents(end.value.shape.slice(1), value.shape.slice(1)),
  )
  if (!fits) throw new FixedBatch(`the shape of "${name}"`)
}

function sameNumbers(a: ConstantData, b: ConstantData): boolean {
  return a === b || (a.length === b.length && Array.prototype.every.call(a, (v, i) => Object.is(v, b[i])))
}

/** The error for people, of a function that cannot have a dynamic batch. */
export function fixedBatchError(name: string, { message }: FixedBatch): SandglassError {
  return new SandglassError('backend', `"${name}" cannot be exported for batches of any size`, {
    got: `a function in which ${message} depends on the batch size in a way that ONNX shapes cannot follow`,
    advice: 'Export it for one size: give the option `batch`.',
  })
}
