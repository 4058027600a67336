import type { Engine } from '@sandglass/core'
import { scalarsOf, setControls, setRate } from './graph-inputs'
import { createPreparation } from './prepare-next'
import { TRAINS } from './state-names'
import { trainGraph } from './step-graph'
import { createTraffics } from './traffic'
import type { Workshop } from './workshop'

/** Steps of one graph each: forward, backward, update. */
export function wholeSteps({ program, state, keyOf, compiled, onDevice }: Workshop): Pick<Engine, 'step'> {
  const { model, metrics = {} } = program
  const preparation = createPreparation()
  const traffics = createTraffics(state)
  return {
    step: async (step) => {
      const { objective, optimizer, batch } = step
      const { shapes, key } = keyOf(batch, objective)
      const graph = await compiled(`training "${objective.name}"`, key, TRAINS, () =>
        trainGraph(model, objective, optimizer, metrics, shapes),
      )
      preparation.fill(graph, step, shapes)
      setRate(graph, step)
      setControls(graph, step.controls)
      const traffic = traffics(graph, objective.name)
      const meanwhile = preparation.meanwhile(graph, step, shapes)
      const results = await graph.run(traffic.feeds(), traffic.fetches(), meanwhile)
      traffic.accept(results)
      if (!onDevice) traffic.clear(step.iteration)
      return scalarsOf(results)
    },
  }
}
