import { createBuilder } from '../graph/builder'
import { elements, type Graph, type GraphOutput, type Node, type Value } from '../graph/graph'
import { dropDeadCode } from '../passes/dead-code'
import { operandsOf } from './emit-kernel'
import { kernelOperators } from './operators'
import { isView, kernelKind } from './supported'

/** A graph in two parts: what the runtime does in one call, and what a kernel does afterwards. */
export interface SplitGraph {
  readonly whole: Graph
  /** Its outputs are those of the whole that it makes, and what the tail reads. */
  readonly body: Graph
  /** Outputs of the body that only the tail reads. */
  readonly handed: readonly GraphOutput[]
  readonly tail: readonly Node[]
  /** The array whose memory a value of the tail is: itself, or what it is a view of. */
  root(value: Value): Value
}

// Nanoseconds, measured on a 2.5 GHz Xeon: a kernel; a tensor that leaves the runtime, a node in it; an element of an
// operator that does little, in the runtime and fused with others in a kernel.
const KERNEL = 2_000
const TENSOR = 500
const NODE = 2_000
const RUNTIME_ELEMENT = 0.3
const KERNEL_ELEMENT = 0.1

/**
 * Takes from the end of a graph what a kernel does faster: the elementwise work on weights and slots that an optimizer
 * ends in, a dozen passes over memory for the runtime and one for a kernel. Kernels between calls of the runtime did not
 * pay (docs/adr/0008).
 */
export function splitTail(graph: Graph): SplitGraph {
  const outputs = new Set(graph.outputs.map(({ value }) => value))
  const views = new Map<Value, Node>()
  const root = (value: Value): Value => {
    const view = views.get(value)
    return view ? root(view.inputs[0]!) : value
  }
  // A view that leaves the graph becomes a copy.
  for (const node of graph.nodes)
    if (isView(node) && !outputs.has(node.outputs[0]!) && !node.inputs[0]!.constant)
      views.set(node.outputs[0]!, node)
  const makers = new Map(graph.nodes.flatMap((node) => node.outputs.map((value) => [value, node] as const)))

  const end = endOf(graph, views, root, makers, outputs)
  const possible = graph.nodes.filter((node) => end.has(node))
  const tail = new Set(
    componentsOf(possible, root, makers)
      .filter((part) => pays(part, root, makers))
      .flat(),
  )

  const read = new Set([...tail].flatMap((node) => operandsOf(node)).map(root))
  const made = new Set([...tail].flatMap((node) => node.outputs))
  const handed = [...read]
    .filter((value) => makers.has(value) && !made.has(value) && !outputs.has(value))
    .map((value) => ({ name: `handed/${value.id}`, value }))
  return {
    whole: graph,
    // Views of what the tail makes are left without it, and without readers.
    body: dropDeadCode({
      inputs: graph.inputs,
      outputs: [...graph.outputs.filter(({ value }) => !made.has(value)), ...handed],
      nodes: graph.nodes.filter((node) => !tail.has(node)),
    }),
    handed,
    tail: graph.nodes.filter((node) => tail.has(node)),
    root,
  }
}

/** Each output as a value of its own, made by a node. */
export function separateOutputs(graph: Graph): Graph {
  const nodes = [...graph.nodes]
  const build = createBuilder(nodes)
  const free = new Set(graph.nodes.flatMap((node) => node.outputs))
  const outputs = graph.outputs.map(({ name, value }) =>
    free.delete(value) ? { name, value } : { name, value: build.emit('Identity', [value], value.shape) },
  )
  return { ...graph, nodes, outputs }
}

type Root = (value: Value) => Value
type Makers = ReadonlyMap<Value, Node>

/** Nodes of kernels that nothing but such nodes reads, views seen through. */
function endOf(
  { nodes }: Graph,
  views: ReadonlyMap<Value, Node>,
  root: Root,
  makers: Makers,
  outputs: ReadonlySet<Value>,
): Set<Node> {
  const readers = new Map<Value, Node[]>()
  for (const node of nodes)
    if (!views.has(node.outputs[0]!))
      for (const value of new Set(node.inputs.map(root)))
        readers.set(value, [...(readers.get(value) ?? []), node])
  const end = new Set<Node>()
  for (const node of nodes.toReversed()) {
    const [output] = node.outputs
    // Truth values look different outside of kernels.
    const leaves = output!.dtype !== 'float32' && outputs.has(output!)
    if (views.has(output!) || !kernelKind(node) || leaves) continue
    if ((readers.get(output!) ?? []).every((reader) => end.has(reader))) end.add(node)
  }
  for (const node of nodes) {
    const enters = operandsOf(node).some((value) => {
      const maker = makers.get(root(value))
      return value.dtype !== 'float32' && !(maker && end.has(maker))
    })
    if (enters && end.has(node)) drop(node)
  }
  return end

  /** What a node that stays reads must stay too. */
  function drop(node: Node): void {
    end.delete(node)
    for (const value of node.inputs) {
      const maker = makers.get(root(value))
      if (maker && end.has(maker)) drop(maker)
    }
  }
}

/** Nodes, in order, grouped by what they hand to one another. */
function componentsOf(nodes: readonly Node[], root: Root, makers: Makers): Node[][] {
  const groups = new Map<Node, Set<Node>>()
  for (const node of nodes) {
    const joined = new Set([node])
    for (const value of operandsOf(node)) {
      const maker = makers.get(root(value))
      const group = maker && groups.get(maker)
      if (group) for (const other of group) joined.add(other)
    }
    for (const other of joined) groups.set(other, joined)
  }
  return [...new Set(groups.values())].map((group) => [...group])
}

function pays(nodes: readonly Node[], root: Root, makers: Makers): boolean {
  const inside = new Set(nodes)
  const handed = new Set<Value>()
  let saved = 0
  for (const node of nodes) {
    saved += savingOf(node)
    for (const value of operandsOf(node).map(root)) {
      const maker = makers.get(value)
      if (maker && !inside.has(maker)) handed.add(value)
    }
  }
  return saved > KERNEL + TENSOR * handed.size
}

/** Nanoseconds that a node takes less in a kernel than in the runtime. */
function savingOf(node: Node): number {
  const { runtimeCost = 0, cost = 0 } = kernelOperators[node.op] ?? {}
  const size = Math.max(...[...operandsOf(node), ...node.outputs].map(({ shape }) => elements(shape)))
  return NODE + size * (RUNTIME_ELEMENT + runtimeCost - KERNEL_ELEMENT - cost)
}
