import type { Pass, Value } from '../graph/graph'

/** Drops nodes whose results nobody reads. */
export const dropDeadCode: Pass = (graph) => {
  const live = new Set<Value>(graph.outputs.map(({ value }) => value))
  const nodes = graph.nodes
    .toReversed()
    .filter((node) => {
      const kept = node.outputs.some((output) => live.has(output))
      if (kept) for (const input of node.inputs) live.add(input)
      return kept
    })
    .reverse()
  return nodes.length === graph.nodes.length ? graph : { ...graph, nodes }
}
