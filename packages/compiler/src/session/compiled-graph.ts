import { draw, type Stream } from '@sandglass/core'
import type { Graph, GraphInput } from '../graph/graph'
import { encodeOnnx } from '../onnx/encode'
import { optimise } from '../passes/index'
import { allocate, type Buffer } from './buffers'
import type { Runtime, RuntimeOptions, RuntimeSession, RuntimeTensor } from './runtime'

/** A graph ready to run, with buffers for all that is not state. */
export interface CompiledGraph {
  /** The graph that runs, after all passes. */
  readonly graph: Graph
  /** Buffers of the inputs that the graph still reads and that are not state, by name. */
  readonly inputs: Readonly<Record<string, Buffer>>
  /** Buffers of the outputs that are not state, by name. */
  readonly outputs: Readonly<Record<string, Buffer>>
  /** Fills the inputs that are random numbers. */
  drawRandom(stream: (name: string) => Stream): void
  /** Runs with state tensors in and out by name. */
  run(
    feeds: Readonly<Record<string, RuntimeTensor>>,
    fetches: Readonly<Record<string, RuntimeTensor>>,
  ): Promise<void>
  release(): Promise<void>
}

/** Optimises a traced graph and makes it ready to run. `isState` says which inputs and outputs the caller keeps. */
export async function compileGraph(
  runtime: Runtime,
  { provider = 'cpu', threads }: RuntimeOptions,
  traced: Graph,
  isState: (name: string) => boolean,
): Promise<CompiledGraph> {
  const graph = pruneInputs(optimise(traced))
  const session: RuntimeSession = await runtime.InferenceSession.create(encodeOnnx(graph), {
    executionProviders: [provider],
    executionMode: 'sequential',
    graphOptimizationLevel: 'all',
    interOpNumThreads: 1,
    logSeverityLevel: 3,
    ...(threads && { intraOpNumThreads: threads }),
  })
  const buffers = (list: readonly Pick<GraphInput, 'name' | 'value'>[]) =>
    Object.fromEntries(
      list
        .filter(({ name }) => !isState(name))
        .map(({ name, value }) => [name, allocate(runtime, value.shape)]),
    )
  const inputs = buffers(graph.inputs)
  const outputs = buffers(graph.outputs)
  const tensors = (record: Readonly<Record<string, Buffer>>) =>
    Object.fromEntries(Object.entries(record).map(([name, buffer]) => [name, buffer.tensor]))
  const [ownFeeds, ownFetches] = [tensors(inputs), tensors(outputs)]
  const stateInputs = graph.inputs.filter(({ name }) => isState(name)).map(({ name }) => name)
  const random = graph.inputs.filter((input) => input.draw)

  return {
    graph,
    inputs,
    outputs,
    drawRandom: (stream) => {
      for (const { name, draw: how } of random)
        draw(stream(how!.stream), how!.distribution, inputs[name]!.data)
    },
    run: async (feeds, fetches) => {
      const used = { ...ownFeeds }
      for (const name of stateInputs) used[name] = feeds[name]!
      await session.run(used, { ...ownFetches, ...fetches })
    },
    release: () => session.release(),
  }
}

/** Drops inputs that no node and no output reads; a runtime would refuse to be fed them. */
function pruneInputs(graph: Graph): Graph {
  const read = new Set([
    ...graph.nodes.flatMap((node) => node.inputs),
    ...graph.outputs.map(({ value }) => value),
  ])
  return { ...graph, inputs: graph.inputs.filter(({ value }) => read.has(value)) }
}
