import { type Builder, createBuilder } from '../graph/builder'
import { type Graph, type Node, type Pass, sameExtents, type Value } from '../graph/graph'

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
 * not offered again in the same pass. Gives back the graph itself when no rule applies. Throws when a rule gives another
 * shape.
 */
export function rewrite(...rules: readonly Rule[]): Pass {
  return (graph) => {
    const nodes: Node[] = []
    const producers = new Map<Value, Node>()
    const replaced = new Map<Value, Value>()
    let counts: Map<Value, number> | undefined
    const current = (value: Value) => replaced.get(value) ?? value
    const takeOver = (counted: Map<Value, number>, value: Value, old: Value) =>
      counted.set(value, (counted.get(value) ?? 0) + (counted.get(old) ?? 0))
    let indexed = 0
    let changed = false
    // What rules ask for is counted and indexed only once one of them asks.
    const context: RewriteContext = {
      build: createBuilder(nodes),
      producer: (value) => {
        for (; indexed < nodes.length; indexed++)
          for (const output of nodes[indexed]!.outputs) producers.set(output, nodes[indexed]!)
        return producers.get(value)
      },
      uses: (value) => {
        if (!counts) {
          counts = countUses(graph)
          for (const [old, now] of replaced) takeOver(counts, now, old)
        }
        return counts.get(value) ?? 0
      },
    }
    for (const original of graph.nodes) {
      const node =
        replaced.size && original.inputs.some((v) => replaced.has(v))
          ? { ...original, inputs: original.inputs.map(current) }
          : original
      let outputs: readonly Value[] | undefined
      for (const rule of rules) {
        outputs = rule(node, context)
        if (outputs) break
      }
      if (!outputs) {
        nodes.push(node)
        continue
      }
      changed = true
      node.outputs.forEach((old, i) => {
        const value = outputs[i]!
        if (value === old) return
        if (!sameExtents(value.shape, old.shape))
          throw new RangeError(`a pass made [${value.shape}] of ${node.op}'s [${old.shape}]`)
        replaced.set(old, value)
        if (counts) takeOver(counts, value, old)
      })
    }
    if (!changed) return graph
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
