import { type Builder, createBuilder } from '../graph/builder'
import { type Graph, makeValue, type Node, type Value } from '../graph/graph'

/**
 * How an array depends on the parts of a batch: `same` for all; their `rows`, on an axis where each part has `every`
 * positions in turn; a `sum` over the parts; or `late`, known only from sums.
 */
export type Layout =
  | { readonly kind: 'same' | 'sum' | 'late' }
  | { readonly kind: 'rows'; readonly axis: number; readonly every: number }
export type Rows = Extract<Layout, { kind: 'rows' }>

const SAME: Layout = { kind: 'same' }
const SUM: Layout = { kind: 'sum' }
const LATE: Layout = { kind: 'late' }

/** A graph being divided among the parts of a batch, node by node. */
export interface Division {
  readonly parts: number
  /** What each part goes through. */
  readonly nodes: Node[]
  /** Adds to these. */
  readonly build: Builder
  /** What is done once with the sums. */
  readonly late: Node[]
  /** Late values that are a sum over the parts and one term more. */
  readonly totals: Map<Value, { readonly sum: Value; readonly term: Value }>
  /** Values that are the same all along an axis, for a part, by value and axis. */
  readonly shorter: Map<string, Value | undefined>
  /** The node that makes a value of the whole graph. */
  readonly makers: ReadonlyMap<Value, Node>
  layoutOf(value: Value): Layout
  /** A value as a part sees it. */
  partOf(value: Value): Value
  /** The shape of a part's share of an axis. */
  smaller(shape: readonly number[], along: number): number[]
  setRows(value: Value, axis: number, every: number): void
  /** A sum over the parts, of which `share` is a part's; made unless given. */
  setSum(value: Value, share?: Value): void
  /** A node for the rest, and what it makes. */
  addLate(node: Node): void
}

export function createDivision(graph: Graph, parts: number): Division {
  const layouts = new Map<Value, Layout>()
  const inPart = new Map<Value, Value>()
  const nodes: Node[] = []
  const late: Node[] = []
  const smaller = (shape: readonly number[], along: number) =>
    shape.map((extent, axis) => (axis === along ? extent / parts : extent))
  return {
    parts,
    nodes,
    build: createBuilder(nodes),
    late,
    totals: new Map(),
    shorter: new Map(),
    makers: new Map(graph.nodes.flatMap((node) => node.outputs.map((value) => [value, node] as const))),
    layoutOf: (value) => layouts.get(value) ?? SAME,
    partOf: (value) => inPart.get(value) ?? value,
    smaller,
    setRows: (value, axis, every) => {
      layouts.set(value, { kind: 'rows', axis, every })
      inPart.set(value, makeValue(smaller(value.shape, axis), value.dtype))
    },
    setSum: (value, share = makeValue(value.shape, value.dtype)) => {
      layouts.set(value, SUM)
      inPart.set(value, share)
    },
    addLate: (node) => {
      late.push(node)
      for (const value of node.outputs) layouts.set(value, LATE)
    },
  }
}

/** What `make` makes of every value, or nothing if it makes nothing of one. */
export function allOf(
  values: readonly Value[],
  make: (value: Value, i: number) => Value | undefined,
): readonly Value[] | undefined {
  const made = values.map(make)
  return made.every((value) => value !== undefined) ? made : undefined
}
