import { createBuilder } from '../graph/builder'
import { type Graph, type Node, type Pass, sameExtents, type Value } from '../graph/graph'
import { countUses } from './rewrite'

/**
 * Σᵢ A·Bᵢ = A·ΣᵢBᵢ, and likewise from the right: where a layer is applied to the same input at every step, or its
 * gradients go back to one, a single product is left.
 */
export const takeOutFactors: Pass = (graph) => {
  const producers = new Map(
    graph.nodes.flatMap((node) => node.outputs.map((value) => [value, node] as const)),
  )
  const uses = countUses(graph)
  const inner = new Set<Value>()
  const replaced = new Map<Node, Group[]>()
  for (const node of graph.nodes.toReversed()) {
    const sum = node.outputs[0]!
    if (node.op !== 'Add' || inner.has(sum)) continue
    const terms = termsOf(sum)
    if (terms.length < 2) continue
    const groups = grouped(terms)
    if (groups.length < terms.length) replaced.set(node, groups)
  }
  return replaced.size ? rebuilt(graph, replaced) : graph

  /** The terms of a sum, taken apart where nothing else reads the partial sums. */
  function termsOf(sum: Value): Value[] {
    const terms: Value[] = []
    const open = [sum]
    for (let value = open.pop(); value; value = open.pop()) {
      const node = producers.get(value)
      const plain = node?.op === 'Add' && node.inputs.every(({ shape }) => sameExtents(shape, sum.shape))
      if (plain && (value === sum || uses.get(value) === 1)) {
        if (value !== sum) inner.add(value)
        open.push(node.inputs[1]!, node.inputs[0]!)
      } else terms.push(value)
    }
    return terms
  }

  function grouped(terms: readonly Value[]): Group[] {
    const products = terms.map((value) => {
      const node = producers.get(value)
      return node?.op === 'MatMul' && value.shape.length === 2 && uses.get(value) === 1
        ? node.inputs
        : undefined
    })
    const groups: Group[] = []
    const shared = new Map<string, Group>()
    const count = new Map<string, number>()
    const keys = products.map((factors) => factors?.map((factor, side) => `${side} ${factor.id}`) ?? [])
    for (const key of keys.flat()) count.set(key, (count.get(key) ?? 0) + 1)
    terms.forEach((term, i) => {
      const key = keys[i]!.toSorted((a, b) => count.get(b)! - count.get(a)!)[0]
      const side = key?.startsWith('0') ? 0 : 1
      const group = key && count.get(key)! > 1 ? shared.get(key) : undefined
      const others = key && count.get(key)! > 1 ? [products[i]![1 - side]!] : undefined
      if (group) group.others!.push(...others!)
      else {
        const made: Group = { term, side, factor: products[i]?.[side], others }
        if (others) shared.set(key!, made)
        groups.push(made)
      }
    })
    return groups
  }
}

/** A term on its own, or the product of a factor on one side and a sum of others. */
interface Group {
  readonly term: Value
  readonly side: 0 | 1
  readonly factor?: Value | undefined
  readonly others?: Value[] | undefined
}

function rebuilt(graph: Graph, sums: ReadonlyMap<Node, readonly Group[]>): Graph {
  const nodes: Node[] = []
  const build = createBuilder(nodes)
  const add = (a: Value, b: Value) => build.emit('Add', [a, b], a.shape)
  for (const node of graph.nodes) {
    const groups = sums.get(node)
    if (!groups) {
      nodes.push(node)
      continue
    }
    const terms = groups.map(({ term, side, factor, others }) => {
      if (!others || others.length < 2) return term
      // In one order, so that the same sum elsewhere is found to be the same.
      const sum = others.toSorted((a, b) => a.id - b.id).reduce(add)
      return build.emit('MatMul', side === 0 ? [factor!, sum] : [sum, factor!], term.shape)
    })
    const sum = terms.reduce(add)
    const [only] = nodes.at(-1)!.outputs
    if (only !== sum) throw new Error('a sum must end in a node of its own')
    nodes[nodes.length - 1] = { ...nodes.at(-1)!, outputs: node.outputs }
  }
  return { ...graph, nodes }
}
