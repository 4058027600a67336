import type { Graph } from '../graph/graph'
import { encodeOnnx, nodeName } from '../onnx/encode'
import type { StateNames } from './compiled-graph'
import { optimisationFor } from './optimisation'
import type { Runtime, RuntimeSession } from './runtime'
import type { RuntimeOptions } from './runtime-options'

/** Opens the runtime's sessions of one compiled graph, and releases them all. */
export interface GraphSessions {
  open(graph: Graph, threads: number | undefined): Promise<RuntimeSession>
  release(): Promise<void>
}

export function createGraphSessions(
  runtime: Runtime,
  options: RuntimeOptions,
  isState: StateNames,
): GraphSessions {
  const sessions: RuntimeSession[] = []
  return {
    open: async (graph, threads) => {
      const session = await openSession(runtime, graph, threads, options, isState)
      sessions.push(session)
      return session
    },
    release: async () => {
      await Promise.all(sessions.splice(0).map((session) => session.release()))
    },
  }
}

async function openSession(
  runtime: Runtime,
  graph: Graph,
  threads: number | undefined,
  { provider = 'cpu', state }: RuntimeOptions,
  isState: StateNames,
): Promise<RuntimeSession> {
  const onDevice = graph.outputs.filter(({ name }) => state === 'gpu-buffer' && isState.output(name))
  return runtime.InferenceSession.create(encodeOnnx(graph), {
    executionProviders: [providerOf(provider, graph)],
    executionMode: 'sequential',
    graphOptimizationLevel: optimisationFor(graph),
    interOpNumThreads: 1,
    logSeverityLevel: 3,
    ...(threads && { intraOpNumThreads: threads }),
    ...(onDevice.length && {
      preferredOutputLocation: Object.fromEntries(onDevice.map(({ name }) => [name, 'gpu-buffer'])),
    }),
  })
}

function providerOf(name: string, graph: Graph): unknown {
  const forceCpuNodeNames = name === 'webgpu' ? notOnWebgpu(graph) : []
  return forceCpuNodeNames.length ? { name, forceCpuNodeNames } : name
}

/** Nodes that ONNX Runtime's WebGPU provider takes but cannot run: it has no positions of maxima. */
function notOnWebgpu({ nodes }: Graph): string[] {
  const read = new Set(nodes.flatMap((node) => node.inputs))
  return nodes.flatMap(({ op, outputs }, i) =>
    op === 'MaxPool' && outputs[1] && read.has(outputs[1]) ? [nodeName(i)] : [],
  )
}
