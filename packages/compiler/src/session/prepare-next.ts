import { type EngineBatch, type EngineStep, sameShape } from '@sandglass/core'
import type { CompiledGraph } from './compiled-graph'
import { fillBatch } from './graph-inputs'
import type { BatchShapes } from './step-graph'

/** Fills the inputs of training graphs, where it pays while the step before is running. */
export interface Preparation {
  /** Gives a graph the batch and random numbers of a step: those that were prepared, or else now. */
  fill(graph: CompiledGraph, step: EngineBatch, shapes: BatchShapes): void
  /**
   * What to do while a step is running; undefined where the next one is unknown, or another graph's, or soon filled. May
   * move the arrays of the graph: ask for it before them.
   */
  meanwhile(graph: CompiledGraph, step: EngineStep, shapes: BatchShapes): (() => void) | undefined
}

export function createPreparation(): Preparation {
  let prepared: { readonly graph: CompiledGraph; readonly next: EngineBatch } | undefined

  /** Fills the spare inputs of a graph; if that fails, the step itself will say so. */
  function prepare(
    graph: CompiledGraph,
    spare: CompiledGraph['spare'],
    next: EngineBatch,
    shapes: BatchShapes,
  ): void {
    try {
      fillBatch(spare, next.batch, shapes)
      graph.drawRandom(next.draws, true)
      prepared = { graph, next }
    } catch {
      prepared = undefined
    }
  }

  return {
    fill: (graph, step, shapes) => {
      if (prepared?.graph === graph && samePlace(prepared.next, step)) graph.swap()
      else {
        fillBatch(graph.inputs, step.batch, shapes)
        graph.drawRandom(step.draws)
      }
      prepared = undefined
    },
    meanwhile: (graph, step, shapes) => {
      const { next } = step
      if (!next || !graph.worthPreparing || !sameGraph(step, next)) return undefined
      const { spare } = graph
      return () => prepare(graph, spare, next, shapes)
    },
  }
}

function samePlace(a: EngineBatch, b: EngineBatch): boolean {
  return a.batch === b.batch && a.step === b.step && a.first === b.first
}

/** Whether two steps run the same graph. */
function sameGraph({ objective, batch }: EngineStep, next: NonNullable<EngineStep['next']>): boolean {
  const fields = Object.keys(batch.fields)
  return (
    objective.name === next.objective &&
    batch.size === next.batch.size &&
    fields.length === Object.keys(next.batch.fields).length &&
    fields.every((field) => sameShape(batch.fields[field]!, next.batch.fields[field] ?? []))
  )
}
