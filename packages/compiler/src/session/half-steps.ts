import type { AveragedWeights, Engine, HostRecord, TypedArray } from '@sandglass/core'
import type { CompiledGraph } from './compiled-graph'
import { scalarsOf, setControls, setRate } from './graph-inputs'
import { createPreparation } from './prepare-next'
import type { RuntimeTensors } from './runtime'
import { READS, TRAINS } from './state-names'
import { GRADIENT, gradientGraph, UPDATE, updateGraph } from './step-graph'
import { createTraffics } from './traffic'
import type { Workshop } from './workshop'

/** Steps of two graphs each, with the host between them. */
export function halfSteps({
  program,
  state,
  keyOf,
  compiled,
  onDevice,
}: Workshop): Pick<Engine, 'gradients' | 'update'> {
  const { model, metrics = {} } = program
  const preparation = createPreparation()
  const traffics = createTraffics(state)
  const current: AveragedWeights = new Map()
  return {
    gradients: async (step) => {
      const { objective, batch } = step
      const { shapes, key } = keyOf(batch, objective)
      const graph = await compiled(`gradients of "${objective.name}"`, key, READS, () =>
        gradientGraph(model, objective, metrics, shapes),
      )
      preparation.fill(graph, step, shapes)
      setControls(graph, step.controls)
      const meanwhile = preparation.meanwhile(graph, step, shapes)
      const results = await graph.run(state.visible(current), {}, meanwhile)
      return {
        gradients: under(GRADIENT, graph, results),
        updates: under(UPDATE, graph, results),
        scalars: scalarsOf(results),
      }
    },

    update: async (step, { gradients, updates }) => {
      const { objective, optimizer } = step
      const graph = await compiled(`updates of "${objective.name}"`, '', TRAINS, () =>
        updateGraph(model, objective, optimizer),
      )
      for (const [name, { data }] of Object.entries(gradients)) graph.inputs[GRADIENT + name]?.data.set(data)
      setRate(graph, step)
      const traffic = traffics(graph, objective.name)
      traffic.accept(await graph.run(traffic.feeds(), traffic.fetches()))
      state.write({ weights: updates })
      if (!onDevice) traffic.clear(step.iteration)
    },
  }
}

function under(prefix: string, { graph }: CompiledGraph, results: RuntimeTensors): HostRecord {
  const own = graph.outputs.filter(({ name }) => name.startsWith(prefix))
  return Object.fromEntries(
    own.map(({ name, value }) => [
      name.slice(prefix.length),
      { shape: value.shape, data: results[name]!.data as TypedArray },
    ]),
  )
}
