import { type Builder, createBuilder } from '../graph/builder'
import { type Graph, makeValue, type Node, type Pass, type Value } from '../graph/graph'
import { printGraph } from '../graph/print-graph'

/** A graph written by hand; inputs are float32. */
export function graphOf(
  shapes: Readonly<Record<string, readonly number[]>>,
  write: (build: Builder, inputs: Record<string, Value>) => Record<string, Value>,
): Graph {
  const nodes: Node[] = []
  const inputs = Object.entries(shapes).map(([name, shape]) => ({ name, value: makeValue(shape, 'float32') }))
  const outputs = write(
    createBuilder(nodes),
    Object.fromEntries(inputs.map(({ name, value }) => [name, value])),
  )
  return { inputs, outputs: Object.entries(outputs).map(([name, value]) => ({ name, value })), nodes }
}

/** Operators of a graph after a pass, in order. */
export function operatorsAfter(pass: Pass, graph: Graph): string[] {
  return pass(graph).nodes.map(({ op }) => op)
}

/** A graph after a pass, as text. */
export function textAfter(pass: Pass, graph: Graph): string {
  return printGraph(pass(graph))
}
