import { createBuilder } from '../graph/builder'
import { elements, type Graph, type Node, type Pass, type Value } from '../graph/graph'
import { alphaOf } from './gemm'
import { countUses } from './rewrite'

/** Shorter sums gain less from one product than they pay for joining the factors. */
const SHORTEST = 4
/** Joining copies the factors, while each product on its own reads and writes the sum: so many times as much may be copied. */
const COPIED = 4

/**
 * Σₜ AₜᵀBₜ is one product of the A's and B's joined along their rows: the weight gradients of an unrolled recurrent
 * layer, one small product a time step, become one large product.
 */
export const mergeGemms: Pass = (graph) => {
  const producers = new Map(
    graph.nodes.flatMap((node) => node.outputs.map((value) => [value, node] as const)),
  )
  const uses = countUses(graph)
  const inside = new Set<Node>()
  const chains = new Map<Node, Node[]>()
  for (const node of graph.nodes.toReversed()) {
    if (inside.has(node) || !isTerm(node)) continue
    const chain = [node]
    for (let next = previous(node); next; next = previous(next)) chain.push(next)
    if (chain.length < SHORTEST) continue
    for (const link of chain) inside.add(link)
    chains.set(node, chain.reverse())
  }
  return chains.size ? rebuilt(graph, inside, chains) : graph

  /** The term that a term is added to, if nothing else reads it. */
  function previous(node: Node): Node | undefined {
    const sum = node.inputs[2]
    const before = sum && producers.get(sum)
    return before && isTerm(before) && alphaOf(before) === alphaOf(node) && uses.get(sum) === 1
      ? before
      : undefined
  }
}

function isTerm({ op, inputs, outputs, attributes }: Node): boolean {
  if (op !== 'Gemm' || attributes.transA !== 1 || attributes.transB !== 0) return false
  const copied = elements(inputs[0]!.shape) + elements(inputs[1]!.shape)
  return copied <= COPIED * elements(outputs[0]!.shape)
}

function rebuilt(graph: Graph, inside: Set<Node>, chains: Map<Node, Node[]>): Graph {
  const nodes: Node[] = []
  const build = createBuilder(nodes)
  for (const node of graph.nodes) {
    const chain = chains.get(node)
    if (!chain) {
      if (!inside.has(node)) nodes.push(node)
      continue
    }
    const join = (values: Value[]) => {
      const rows = values.reduce((sum, value) => sum + value.shape[0]!, 0)
      return build.emit('Concat', values, [rows, values[0]!.shape[1]!], { axis: 0 })
    }
    const a = join(chain.map(({ inputs }) => inputs[0]!))
    const b = join(chain.map(({ inputs }) => inputs[1]!))
    const start = chain[0]!.inputs[2]
    nodes.push({ ...node, inputs: start ? [a, b, start] : [a, b] })
  }
  return { ...graph, nodes }
}
