import { type Builder, createBuilder } from '../graph/builder'
import type { Graph, Node, Pass, Value } from '../graph/graph'

export interface RewriteContext {
  readonly build: Builder
  /** The node that makes a value, in the graph as rewritten so far. */
  producer(value: Value): Node | undefined
  /** How many nodes and outputs read a value. */
  uses(value: Value): number
}

/** Replaces a node's outputs by other values, or leaves it alone by returning nothing. */
export type Rule = (node: Node, context: RewriteContext) => readonly Value[] | undefined

/**
 * A pass that offers every node to the rules, in order, with its inputs already rewritten. What a rule builds is
 * not offered again in the same pass.
 */
export function rewrite(...rules: readonly Rule[]): Pass {
  return (graph) => {
    const nodes: Node[] = []
    const producers = new Map<Value, Node>()
    const replaced = new Map<Value, Value>()
    const counts = countUses(graph)
    const current = (value: Value) => replaced.get(value) ?? value
    let indexed = 0
    const context: RewriteContext = {
      build: createBuilder(nodes),
      producer: (value) => producers.get(value),
      uses: (value) => counts.get(value) ?? 0,
    }
    const index = () => {
      for (; indexed < nodes.length; indexed++)
        for (const output of nodes[indexed]!.outputs) producers.set(output, nodes[indexed]!)
    }
    for (const original of graph.nodes) {
      const node = original.inputs.some((v) => replaced.has(v))
        ? { ...original, inputs: original.inputs.map(current) }
        : original
      let outputs: readonly Value[] | undefined
      for (const rule of rules) {
        outputs = rule(node, context)
        if (outputs) break
      }
      index()
      if (!outputs) {
        nodes.push(node)
        index()
        continue
      }
      node.outputs.forEach((old, i) => {
        const value = outputs[i]!
        if (value === old) return
        replaced.set(old, value)
        counts.set(value, (counts.get(value) ?? 0) + (counts.get(old) ?? 0))
      })
    }
    return {
      inputs: graph.inputs,
      outputs: graph.outputs.map(({ name, value }) => ({ name, value: current(value) })),
      nodes,
    }
  }
}

export function countUses({ nodes, outputs }: Graph): Map<Value, number> {
  const counts = new Map<Value, number>()
  const add = (value: Value) => counts.set(value, (counts.get(value) ?? 0) + 1)
  for (const node of nodes) node.inputs.forEach(add)
  for (const { value } of outputs) add(value)
  return counts
}
