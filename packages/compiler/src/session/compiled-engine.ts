import { type Engine, type EngineState, type Model, type Program, sizeOf } from '@sandglass/core'
import { createArena, MOST_BYTES } from './arena'
import { createBatchKeys } from './batch-keys'
import { compileGraph } from './compile-graph'
import type { CompiledGraph } from './compiled-graph'
import { createCompiledState } from './compiled-state'
import { createDownloader } from './download'
import { createGraphCache } from './graph-cache'
import { halfSteps } from './half-steps'
import { type Watch, watchGraph } from './hidden-state'
import { inference } from './inference'
import type { Runtime } from './runtime'
import type { RuntimeOptions } from './runtime-options'
import { wholeSteps } from './whole-steps'
import type { Workshop } from './workshop'

/** Computes by graphs that are compiled once. */
export function openCompiledEngine(
  program: Program,
  runtime: Runtime,
  { kernels, ...asked }: RuntimeOptions & { readonly kernels?: boolean | undefined },
  initial: EngineState,
): Engine {
  const options = { ...asked, ...(kernels && fitsArena(program.model) && { arena: createArena() }) }
  const onDevice = options.state === 'gpu-buffer'
  const downloader = createDownloader(runtime, options)
  const state = createCompiledState(runtime, options, initial, downloader)
  const graphs = createGraphCache(onDevice ? state.toHost : undefined)
  const watches = new WeakMap<CompiledGraph, Watch>()
  const workshop: Workshop = {
    program,
    state,
    onDevice,
    keyOf: createBatchKeys(program.model),
    compiled: async (what, key, isState, make) => {
      const graph = await graphs.get(`${what} ${key}`, async () => {
        const traced = make()
        const made = await compileGraph(runtime, options, traced, isState, what)
        watches.set(made, watchGraph(what, traced))
        return made
      })
      watches.get(graph)?.use(make)
      return graph
    },
  }
  return {
    ...wholeSteps(workshop),
    ...halfSteps(workshop),
    ...inference(workshop),
    read: state.read,
    write: async (values) => state.write(values),
    dispose: async () => {
      // State first: a device's buffers go with the graph that made them.
      state.dispose()
      await graphs.clear()
      await downloader.release()
    },
  }
}

/** Whether weights and two slots of each, all in pairs, leave half of an arena to graphs. */
function fitsArena({ weights }: Model): boolean {
  const size = Object.values(weights).reduce((sum, { shape }) => sum + sizeOf(shape), 0)
  return 4 * size * 2 * 3 < MOST_BYTES / 2
}
