import type { Engine, TypedArray } from '@sandglass/core'
import { fillBatch, scalarsOf, setControls } from './graph-inputs'
import { READS } from './state-names'
import { BATCH, evaluateGraph, functionGraph } from './step-graph'
import type { Workshop } from './workshop'

/** Evaluation and functions. */
export function inference({ program, state, keyOf, compiled }: Workshop): Pick<Engine, 'evaluate' | 'run'> {
  const { model, metrics = {} } = program
  return {
    evaluate: async ({ objective, batch, controls, draws, averages }) => {
      const { shapes, key } = keyOf(batch, objective)
      const graph = await compiled(`evaluating "${objective.name}"`, key, READS, () =>
        evaluateGraph(model, objective, metrics, shapes),
      )
      fillBatch(graph.inputs, batch, shapes)
      setControls(graph, controls)
      graph.drawRandom(draws)
      return scalarsOf(await graph.run(state.visible(averages), {}))
    },

    run: async ({ name, target, inputs, size, controls, draws, averages }) => {
      const graph = await compiled(`running "${name}"`, String(size), READS, () =>
        functionGraph(model, target, size),
      )
      for (const [field, { data }] of Object.entries(inputs)) graph.inputs[BATCH + field]?.data.set(data)
      setControls(graph, controls)
      graph.drawRandom(draws)
      const results = await graph.run(state.visible(averages), {})
      return Object.fromEntries(
        graph.graph.outputs.map(({ name: output, value }) => [
          output,
          { shape: [...value.shape], data: (results[output]!.data as TypedArray).slice() },
        ]),
      )
    },
  }
}
