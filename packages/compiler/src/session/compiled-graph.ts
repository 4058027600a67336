import { draw, type Stream } from '@sandglass/core'
import type { Graph, GraphInput } from '../graph/graph'
import { encodeOnnx, nodeName } from '../onnx/encode'
import { optimise } from '../passes/index'
import { allocate, allocateAs, type Buffer } from './buffers'
import { memoryNeeded } from './memory'
import type { Runtime, RuntimeOptions, RuntimeSession, RuntimeTensors } from './runtime'
import { outOfMemory, runtimeError } from './runtime-errors'
import { threadsFor } from './threads'

/** Which of a graph's inputs and outputs are state, which the caller keeps. */
export interface StateNames {
  input(name: string): boolean
  output(name: string): boolean
}

/** A graph ready to run, with buffers for all that is not state. */
export interface CompiledGraph {
  /** The graph that runs, after all passes. */
  readonly graph: Graph
  /** Buffers of the inputs that the graph still reads and that are not state, by name. */
  readonly inputs: Readonly<Record<string, Buffer<Float32Array>>>
  /** Fills the inputs that are random numbers. */
  drawRandom(stream: (name: string) => Stream): void
  /**
   * Runs with state tensors in, and out where they are written in place, by name; gives all outputs. Those that are not
   * state are overwritten by the next run. Throws `SandglassError`.
   */
  run(feeds: RuntimeTensors, fetches: RuntimeTensors): Promise<RuntimeTensors>
  release(): Promise<void>
}

/** Optimises a traced graph and makes it ready to run. `what` is for messages. Throws `SandglassError`. */
export async function compileGraph(
  runtime: Runtime,
  { provider = 'cpu', threads: wanted, state: place = 'in-place', memory }: RuntimeOptions,
  traced: Graph,
  isState: StateNames,
  what = 'a graph',
): Promise<CompiledGraph> {
  const graph = pruneInputs(optimise(traced))
  const threads = wanted ?? threadsFor(graph)
  const needed = memoryNeeded(graph)
  if (memory !== undefined && needed > memory) throw outOfMemory(what, needed, memory)

  const inputs = Object.fromEntries(
    graph.inputs
      .filter(({ name }) => !isState.input(name))
      .map(({ name, value }) => [name, allocate(runtime, value.shape)]),
  )
  const results = graph.outputs.filter(({ name }) => !isState.output(name))
  const outputs =
    place === 'in-place'
      ? Object.fromEntries(
          results.map(({ name, value }) => [name, allocateAs(runtime, value.shape, value.dtype)]),
        )
      : undefined
  const onDevice = graph.outputs.filter(({ name }) => place === 'gpu-buffer' && isState.output(name))

  const session = await create()
  const [ownFeeds, ownFetches] = [tensorsOf(inputs), tensorsOf(outputs ?? {})]
  const stateInputs = graph.inputs.filter(({ name }) => isState.input(name)).map(({ name }) => name)
  const random = graph.inputs.filter((input) => input.draw)

  async function create(): Promise<RuntimeSession> {
    try {
      return await runtime.InferenceSession.create(encodeOnnx(graph), {
        executionProviders: [providerOf(provider, graph)],
        executionMode: 'sequential',
        graphOptimizationLevel: 'all',
        interOpNumThreads: 1,
        logSeverityLevel: 3,
        ...(threads && { intraOpNumThreads: threads }),
        ...(onDevice.length && {
          preferredOutputLocation: Object.fromEntries(onDevice.map(({ name }) => [name, 'gpu-buffer'])),
        }),
      })
    } catch (error) {
      throw runtimeError(`opening the graph for ${what}`, error)
    }
  }

  return {
    graph,
    inputs,
    drawRandom: (stream) => {
      for (const { name, draw: how } of random)
        draw(stream(how!.stream), how!.distribution, inputs[name]!.data)
    },
    run: async (feeds, fetches) => {
      const used: Record<string, RuntimeTensors[string]> = { ...ownFeeds }
      for (const name of stateInputs) used[name] = feeds[name]!
      try {
        if (!outputs) return await session.run(used)
        const all = { ...ownFetches, ...fetches }
        await session.run(used, all)
        return all
      } catch (error) {
        throw runtimeError(what, error)
      }
    },
    release: () => session.release(),
  }
}

function tensorsOf(record: Readonly<Record<string, Buffer>>): RuntimeTensors {
  return Object.fromEntries(Object.entries(record).map(([name, { tensor }]) => [name, tensor]))
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

/** Drops inputs that no node and no output reads; a runtime would refuse to be fed them. */
function pruneInputs(graph: Graph): Graph {
  const read = new Set([
    ...graph.nodes.flatMap((node) => node.inputs),
    ...graph.outputs.map(({ value }) => value),
  ])
  return { ...graph, inputs: graph.inputs.filter(({ value }: GraphInput) => read.has(value)) }
}
