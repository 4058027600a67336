import { createBuilder } from '../graph/builder'
import type { Graph, Node, Pass, Value } from '../graph/graph'

/** From so many products on, transposing their common factor once is cheaper than in each of them. */
const FEWEST = 4

/** Transposes the left factor of many products once, instead of in every product. */
export const shareTransposes: Pass = (graph) => {
  const counts = new Map<Value, number>()
  for (const node of graph.nodes)
    if (isTransposed(node)) counts.set(node.inputs[0]!, (counts.get(node.inputs[0]!) ?? 0) + 1)
  const shared = [...counts].filter(([, count]) => count >= FEWEST).map(([value]) => value)
  return shared.length ? rebuilt(graph, new Set(shared)) : graph
}

function isTransposed({ op, attributes }: Node): boolean {
  return op === 'Gemm' && attributes.transA === 1
}

function rebuilt(graph: Graph, shared: ReadonlySet<Value>): Graph {
  const nodes: Node[] = []
  const build = createBuilder(nodes)
  const transposed = new Map<Value, Value>()
  for (const node of graph.nodes) {
    const [factor, ...rest] = node.inputs as [Value, ...Value[]]
    if (!isTransposed(node) || !shared.has(factor)) {
      nodes.push(node)
      continue
    }
    const turned =
      transposed.get(factor) ?? build.emit('Transpose', [factor], factor.shape.toReversed(), { perm: [1, 0] })
    transposed.set(factor, turned)
    nodes.push({ ...node, inputs: [turned, ...rest], attributes: { ...node.attributes, transA: 0 } })
  }
  return { ...graph, nodes }
}
