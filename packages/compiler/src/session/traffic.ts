import { clearNearlyZero, clearsNearlyZero, SandglassError } from '@sandglass/core'
import type { CompiledGraph } from './compiled-graph'
import type { Cells, CompiledState } from './compiled-state'
import type { RuntimeTensor, RuntimeTensors } from './runtime'
import type { StateCell } from './state-cell'
import { NEXT, SLOT, WEIGHT } from './step-graph'

/** The state that a training graph exchanges with its session. */
export interface Traffic {
  /** State as it is, by input. */
  feeds(): RuntimeTensors
  /** Where new state is written in place, by output. */
  fetches(): RuntimeTensors
  /** Takes over what the graph made. */
  accept(results: RuntimeTensors): void
  /** Sets to zero what is nearly so, at some iterations; what a kernel wrote in place is. */
  clear(iteration: number): void
}

/** The traffic of graphs that train an objective: asked for at every step, and found out once. */
export function createTraffics({
  weights,
  slotsOf,
}: CompiledState): (graph: CompiledGraph, objective: string) => Traffic {
  const known = new WeakMap<CompiledGraph, Traffic>()
  return (graph, objective) => {
    const found = known.get(graph) ?? trafficOf(graph, weights, slotsOf(objective))
    known.set(graph, found)
    return found
  }
}

function trafficOf(graph: CompiledGraph, weights: Cells, slots: Cells): Traffic {
  const named = (prefix: string, cells: Cells) =>
    [...cells].map(([name, cell]) => [prefix + name, cell] as const)
  const read = [...named(WEIGHT, weights), ...named(SLOT, slots)]
  const changed = [...nextCells(WEIGHT, weights, graph), ...nextCells(SLOT, slots, graph)]
  // Made now, so that none moves the others when a step asks for them.
  for (const [, cell] of changed) cell.target()
  return {
    feeds: () => {
      const feeds: Record<string, RuntimeTensor> = {}
      for (const [input, cell] of read) feeds[input] = cell.current()
      return feeds
    },
    fetches: () => {
      const fetches: Record<string, RuntimeTensor> = {}
      for (const [output, cell] of changed) {
        const target = cell.target()
        if (target) fetches[output] = target
      }
      return fetches
    },
    accept: (results) => {
      for (const [output, cell] of changed) cell.accept(results[output]!)
    },
    clear: (iteration) => {
      if (!clearsNearlyZero(iteration)) return
      for (const [, cell] of changed) clearNearlyZero(cell.current().data as Float32Array)
    },
  }
}

/** The cells that a training graph gives new values to in an array of their own, by the output that does. */
function* nextCells(
  prefix: string,
  cells: Cells,
  { graph, inPlace }: CompiledGraph,
): Generator<[string, StateCell]> {
  for (const { name } of graph.outputs) {
    if (!name.startsWith(NEXT + prefix) || inPlace.has(name)) continue
    const cell = cells.get(name.slice((NEXT + prefix).length))
    if (!cell)
      throw new SandglassError('spec', 'the step made state that does not exist', { got: `"${name}"` })
    yield [name, cell]
  }
}
