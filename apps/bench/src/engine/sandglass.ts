import type { Batch } from '@sandglass/core'
import { benchRegistry, buildModel, SEED } from '../registry'
import { tasks } from '../workloads/index'
import { type Engine, serve } from './serve'

const [id = 'onnxruntime'] = process.argv.slice(2)
const registry = benchRegistry()
let device = ''

/** A backend of Sandglass, by its name: `onnxruntime`, `wasm`, `tensorflow`, `cpu`. */
const engine: Engine = {
  describe: () => `Sandglass, ${id} (${device})`,
  open: async ({ task, batch: size }, data) => {
    const { workload } = tasks.find((candidate) => candidate.id === task)!
    const model = buildModel(registry, workload)
    const optimizer = registry.build('optimizer', workload.optimizer)
    const objective = model.objectives[0]!.name
    const session = await registry
      .build('backend', { type: id })
      .open({ model, seed: SEED, optimizers: { [objective]: optimizer } })
    device = session.backend.device
    const batches = data.map(
      (values): Batch => ({
        size,
        fields: { input: workload.inputShape },
        fill: (_, out) => out.set(values),
      }),
    )
    const { learningRate } = workload.optimizer
    let step = 0
    return {
      step: async (i) => {
        const scalars = await session.step({ objective, batch: batches[i]!, step: step++, learningRate })
        return scalars.loss
      },
      close: () => session.dispose(),
    }
  },
}

await serve(engine)
