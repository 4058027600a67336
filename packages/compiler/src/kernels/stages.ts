import { createBuilder } from '../graph/builder'
import { elements, type Graph, type Node, type Value } from '../graph/graph'
import { operandsOf } from './emit-kernel'
import { kernelOperators } from './operators'
import { isView, kernelKind } from './supported'

/** Nodes that run together: in one call of the runtime, or in one kernel. */
export interface Stage {
  readonly kind: 'runtime' | 'kernel'
  readonly nodes: readonly Node[]
}

/** A graph cut into stages that run one after another. */
export interface StagePlan {
  readonly stages: readonly Stage[]
  /** The array whose memory a value is: itself, or what it is a view of. */
  root(value: Value): Value
}

// Nanoseconds, measured on a 2.5 GHz Xeon: a call of the runtime, each tensor that goes in or out, a node within; then
// what an element costs an operator that does little, in the runtime and fused with others in a kernel.
const CALL = 12_000
const TENSOR = 3_500
const NODE = 2_000
const RUNTIME_ELEMENT = 0.3
const KERNEL_ELEMENT = 0.07

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

/**
 * Leaves to the runtime what it is good at, products and convolutions, and cuts elementwise work and sums out of the
 * graph into kernels wherever they save more time than the additional calls take. The outputs must be separate.
 */
export function planStages(graph: Graph): StagePlan {
  const outputs = new Set(graph.outputs.map(({ value }) => value))
  // A view that leaves the graph becomes a copy.
  const views = new Map<Value, Node>()
  const root = (value: Value): Value => {
    const view = views.get(value)
    return view ? root(view.inputs[0]!) : value
  }
  const nodes: Node[] = []
  const kernel = new Set<Node>()
  for (const node of graph.nodes) {
    const output = node.outputs[0]!
    if (isView(node) && !outputs.has(output) && !node.inputs[0]!.constant) {
      views.set(output, node)
      continue
    }
    nodes.push(node)
    if (kernelKind(node)) kernel.add(node)
  }
  const flow = createFlow(nodes, root)

  for (;;) {
    keepOthersTogether(kernel, flow, outputs, root)
    const levels = levelsOf(nodes, kernel, flow)
    const losing = losingStages(levels, kernel, flow)
    if (!losing.length) return { stages: stagesOf(graph, kernel, levels, root, views), root }
    for (const node of losing) kernel.delete(node)
  }
}

/** Who makes and who reads what, views seen through. */
interface Flow {
  maker(value: Value): Node | undefined
  inputs(node: Node): readonly Value[]
  readers(node: Node): readonly Node[]
}

function createFlow(nodes: readonly Node[], root: (value: Value) => Value): Flow {
  const makers = new Map(nodes.flatMap((node) => node.outputs.map((value) => [value, node] as const)))
  const inputs = new Map(nodes.map((node) => [node, node.inputs.map(root)]))
  const readers = new Map<Node, Node[]>(nodes.map((node) => [node, []]))
  for (const node of nodes)
    for (const maker of new Set(inputs.get(node)!.map((value) => makers.get(value))))
      if (maker) readers.get(maker)!.push(node)
  return {
    maker: (value) => makers.get(value),
    inputs: (node) => inputs.get(node)!,
    readers: (node) => readers.get(node)!,
  }
}

/** Only floats pass between runtime and kernels: they write truth values differently, and positions are no floats. */
function keepOthersTogether(
  kernel: Set<Node>,
  flow: Flow,
  outputs: ReadonlySet<Value>,
  root: (value: Value) => Value,
): void {
  for (let changed = true; changed; ) {
    changed = false
    for (const node of kernel) {
      const others = node.outputs.filter(({ dtype }) => dtype !== 'float32')
      const leaves = others.some(
        (value) =>
          outputs.has(value) ||
          flow.readers(node).some((reader) => !kernel.has(reader) && flow.inputs(reader).includes(value)),
      )
      const enters = operandsOf(node).some((operand) => {
        const maker = flow.maker(root(operand))
        return operand.dtype !== 'float32' && !(maker && kernel.has(maker))
      })
      if (leaves || enters) {
        kernel.delete(node)
        changed = true
      }
    }
  }
}

/**
 * When each node runs: kernels of level n come before the runtime's nodes of level n, which come before kernels of
 * level n + 1. What no later call waits for is left to the last level.
 */
function levelsOf(nodes: readonly Node[], kernel: ReadonlySet<Node>, flow: Flow): Map<Node, number> {
  const levels = new Map<Node, number>()
  let last = 0
  for (const node of nodes) {
    let level = 0
    for (const value of flow.inputs(node)) {
      const maker = flow.maker(value)
      if (maker) level = Math.max(level, levels.get(maker)! + Number(kernel.has(node) && !kernel.has(maker)))
    }
    levels.set(node, level)
    last = Math.max(last, level)
  }
  const awaited = new Set<Node>()
  for (const node of nodes.toReversed()) {
    if (flow.readers(node).some((reader) => !kernel.has(reader) || awaited.has(reader))) awaited.add(node)
    else if (kernel.has(node)) levels.set(node, last)
  }
  return levels
}

/** Nodes of the kernels that cost more than they save. */
function losingStages(
  levels: ReadonlyMap<Node, number>,
  kernel: ReadonlySet<Node>,
  flow: Flow,
): readonly Node[] {
  const byLevel = new Map<number, Node[]>()
  let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (const [node, level] of levels) {
    if (kernel.has(node)) byLevel.set(level, [...(byLevel.get(level) ?? []), node])
    else [first, last] = [Math.min(first, level), Math.max(last, level)]
  }
  const losing: Node[] = []
  for (const [level, nodes] of byLevel) {
    const crossing = new Set<Value>()
    let saved = 0
    for (const node of nodes) {
      saved += savingOf(node)
      for (const value of flow.inputs(node)) {
        const maker = flow.maker(value)
        if (maker && !kernel.has(maker)) crossing.add(value)
      }
      if (flow.readers(node).some((reader) => !kernel.has(reader))) crossing.add(node.outputs[0]!)
    }
    const call = level > first && level <= last ? CALL : 0
    if (saved < call + TENSOR * crossing.size) losing.push(...nodes)
  }
  return losing
}

const LONE_COSTS: Readonly<Record<string, { runtimeCost: number; cost: number }>> = {
  MaxPool: { runtimeCost: 6, cost: 1 },
  ScatterElements: { runtimeCost: 3, cost: 1 },
}

/** Nanoseconds that a node takes less in a kernel than in the runtime. */
function savingOf(node: Node): number {
  const { runtimeCost = 0, cost = 0 } = kernelOperators[node.op] ?? LONE_COSTS[node.op] ?? {}
  const size = Math.max(...[...operandsOf(node), ...node.outputs].map(({ shape }) => elements(shape)))
  return NODE + size * (RUNTIME_ELEMENT + runtimeCost - KERNEL_ELEMENT - cost)
}

function stagesOf(
  graph: Graph,
  kernel: ReadonlySet<Node>,
  levels: ReadonlyMap<Node, number>,
  root: (value: Value) => Value,
  views: ReadonlyMap<Value, Node>,
): Stage[] {
  const stages: { kind: Stage['kind']; nodes: Node[]; made: Set<Value> }[] = []
  const at = (index: number) => {
    stages[index] ??= { kind: index % 2 ? 'runtime' : 'kernel', nodes: [], made: new Set() }
    return stages[index]
  }
  for (const node of graph.nodes) {
    const level = levels.get(node)
    if (level === undefined) continue
    const stage = at(2 * level + Number(!kernel.has(node)))
    // Within a call the runtime makes its own views; of what comes from elsewhere it gets views.
    if (stage.kind === 'runtime')
      for (const value of node.inputs)
        if (views.has(value) && stage.made.has(root(value)) && !stage.made.has(value)) {
          for (const view of viewsTo(value, stage.made, views)) {
            stage.nodes.push(view)
            stage.made.add(view.outputs[0]!)
          }
        }
    stage.nodes.push(node)
    for (const value of node.outputs) stage.made.add(value)
  }
  return stages.filter(Boolean).map(({ kind, nodes }) => ({ kind, nodes }))
}

/** The chain of views from something that is there to `value`. */
function viewsTo(value: Value, there: ReadonlySet<Value>, views: ReadonlyMap<Value, Node>): Node[] {
  if (there.has(value)) return []
  const view = views.get(value)!
  return [...viewsTo(view.inputs[0]!, there, views), view]
}
