import type { Batch, Controls, EngineStep, Scalars } from '@sandglass/core'
import type { CompiledGraph } from './compiled-graph'
import type { RuntimeTensors } from './runtime'
import { BATCH, type BatchShapes, CONTROL, ITERATION, LEARNING_RATE, SCALAR } from './step-graph'

// What goes into graphs from the host, and what comes back to it.

/** Writes a batch into the inputs of a graph, or into its spare ones. */
export function fillBatch(inputs: CompiledGraph['inputs'], batch: Batch, shapes: BatchShapes): void {
  for (const field of Object.keys(shapes)) {
    const buffer = inputs[BATCH + field]
    if (buffer) batch.fill(field, buffer.data)
  }
}

export function setControls(graph: CompiledGraph, controls: Controls): void {
  for (const name in controls) setScalar(graph, CONTROL + name, controls[name]!)
}

export function setRate(graph: CompiledGraph, { learningRate, iteration }: EngineStep): void {
  setScalar(graph, LEARNING_RATE, learningRate)
  setScalar(graph, ITERATION, iteration)
}

function setScalar({ inputs }: CompiledGraph, name: string, value: number): void {
  const buffer = inputs[name]
  if (buffer) buffer.data[0] = value
}

/** What a graph reports. */
export function scalarsOf(results: RuntimeTensors): Scalars {
  const scalars: Scalars = {}
  for (const name in results)
    if (name.startsWith(SCALAR))
      scalars[name.slice(SCALAR.length)] = (results[name]!.data as Float32Array)[0]!
  return scalars
}
