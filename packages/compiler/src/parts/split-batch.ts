import {
  type Graph,
  type GraphInput,
  type GraphOutput,
  makeValue,
  type Node,
  type Value,
} from '../graph/graph'
import { dropDeadCode } from '../passes/dead-code'
import { createDivision, type Division } from './division'
import { placeNode } from './place-node'

/** A graph in two: what each part of a batch goes through, and what is done once with the sums over the parts. */
export interface BatchSplit {
  readonly parts: number
  /** Inputs of which each part gets as many rows as the others, in order. */
  readonly shared: ReadonlySet<string>
  /** Its outputs are sums over the part. */
  readonly part: Graph
  /** Reads those outputs as inputs by `sumName`. */
  readonly rest: Graph
}

/** The name of an input of the rest: an output of a part. */
export function sumName(part: number, output: string): string {
  return `part/${part}/${output}`
}

/**
 * Splits a graph whose outputs are functions of sums over a batch, as losses and their gradients are when samples do not
 * meet before. Whether they do is read off the axes of every node, whatever the objective; undefined where they do, or
 * where a node is not understood. The same numbers come out but for the order in which they are added.
 *
 * `isBatch` tells inputs that may have a row for each of `batch` samples.
 */
export function splitBatch(
  graph: Graph,
  batch: number,
  parts: number,
  isBatch: (input: GraphInput) => boolean,
): BatchSplit | undefined {
  if (batch % parts) return
  const shared = graph.inputs.filter((input) => input.value.shape[0] === batch && isBatch(input))
  if (!shared.length) return
  const division = createDivision(graph, parts)
  for (const { value } of shared) division.setRows(value, 0, batch / parts)
  for (const node of graph.nodes) if (!placeNode(division, node)) return
  const kindOf = (value: Value) => division.layoutOf(value).kind
  if (graph.outputs.some(({ value }) => kindOf(value) === 'rows')) return

  const rest = dropDeadCode({ inputs: graph.inputs, nodes: division.late, outputs: graph.outputs })
  const read = new Set([
    ...rest.nodes.flatMap((node) => node.inputs),
    ...graph.outputs.map(({ value }) => value),
  ])
  const sums = [...read].filter((value) => kindOf(value) === 'sum')
  if (!sums.length) return
  const names = new Set(shared.map(({ name }) => name))
  return { parts, shared: names, part: partGraph(graph, division, sums), rest: withSums(rest, sums, parts) }
}

/** The name under which a part gives its share of a sum. */
function outputName({ id }: Value): string {
  return `sum/${id}`
}

/** What each part goes through, up to the sums. */
function partGraph(graph: Graph, { nodes, partOf }: Division, sums: readonly Value[]): Graph {
  const inputs = graph.inputs.map((input) => ({ ...input, value: partOf(input.value) }))
  const outputs = sums.map((sum): GraphOutput => ({ name: outputName(sum), value: partOf(sum) }))
  return dropDeadCode({ inputs, nodes, outputs })
}

/** The rest, which begins with adding up what the parts give. */
function withSums(rest: Graph, sums: readonly Value[], parts: number): Graph {
  const added: Node[] = []
  const shares = sums.flatMap((sum) => {
    const given = Array.from({ length: parts }, (_, part) => ({
      name: sumName(part, outputName(sum)),
      value: makeValue(sum.shape, sum.dtype),
    }))
    given.slice(1).reduce((total, { value }, k) => {
      const next = k === parts - 2 ? sum : makeValue(sum.shape, sum.dtype)
      added.push({ op: 'Add', inputs: [total, value], outputs: [next], attributes: {} })
      return next
    }, given[0]!.value)
    return given
  })
  return { ...rest, inputs: [...rest.inputs, ...shares], nodes: [...added, ...rest.nodes] }
}
