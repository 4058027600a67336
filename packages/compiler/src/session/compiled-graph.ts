import { draw, type Stream } from '@sandglass/core'
import type { Graph, GraphInput } from '../graph/graph'
import { planStages, separateOutputs } from '../kernels/stages'
import { encodeOnnx, nodeName } from '../onnx/encode'
import { optimise } from '../passes/index'
import { MOST_BYTES } from './arena'
import { allocate, allocateAs, type Buffer } from './buffers'
import { memoryNeeded } from './memory'
import type { Runtime, RuntimeOptions, RuntimeSession, RuntimeTensors } from './runtime'
import { outOfMemory, runtimeError } from './runtime-errors'
import { bytesOfPlan, openStages } from './staged-graph'
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
  { provider = 'cpu', threads: wanted, state: place = 'in-place', memory, arena }: RuntimeOptions,
  traced: Graph,
  isState: StateNames,
  what = 'a graph',
): Promise<CompiledGraph> {
  const graph = pruneInputs(optimise(traced))
  const needed = memoryNeeded(graph)
  if (memory !== undefined && needed > memory) throw outOfMemory(what, needed, memory)

  const onDevice = graph.outputs.filter(({ name }) => place === 'gpu-buffer' && isState.output(name))
  if (arena) {
    const own = separateOutputs(graph)
    const plan = planStages(own)
    const isOwn = (name: string) => isState.input(name) || isState.output(name)
    const fits = bytesOfPlan(own, plan, isOwn) < MOST_BYTES / 2 - arena.memory.buffer.byteLength
    if (fits && plan.stages.some(({ kind }) => kind === 'kernel')) {
      const staged = await openStages(own, plan, {
        runtime,
        arena,
        isState: isOwn,
        open: (part) => create(part, true),
      })
      return { ...staged, graph, drawRandom: drawInto(graph, staged.inputs), run: guarded(staged.run) }
    }
  }

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

  const session = await create(graph)
  const [ownFeeds, ownFetches] = [tensorsOf(inputs), tensorsOf(outputs ?? {})]
  const stateInputs = graph.inputs.filter(({ name }) => isState.input(name)).map(({ name }) => name)

  async function create(part: Graph, oneOfMany = false): Promise<RuntimeSession> {
    const threads = wanted ?? threadsFor(part)
    try {
      return await runtime.InferenceSession.create(encodeOnnx(part), {
        executionProviders: [providerOf(provider, part)],
        executionMode: 'sequential',
        graphOptimizationLevel: 'all',
        interOpNumThreads: 1,
        logSeverityLevel: 3,
        ...(threads && { intraOpNumThreads: threads }),
        // Threads that wait for work of their own session take processors from the next.
        ...(oneOfMany && { extra: { session: { force_spinning_stop: '1' } } }),
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
    drawRandom: drawInto(graph, inputs),
    run: guarded(async (feeds, fetches) => {
      const used: Record<string, RuntimeTensors[string]> = { ...ownFeeds }
      for (const name of stateInputs) used[name] = feeds[name]!
      if (!outputs) return await session.run(used)
      const all = { ...ownFetches, ...fetches }
      await session.run(used, all)
      return all
    }),
    release: () => session.release(),
  }

  function guarded(run: CompiledGraph['run']): CompiledGraph['run'] {
    return async (feeds, fetches) => {
      try {
        return await run(feeds, fetches)
      } catch (error) {
        throw runtimeError(what, error)
      }
    }
  }
}

function drawInto(
  { inputs }: Graph,
  buffers: Readonly<Record<string, Buffer<Float32Array>>>,
): CompiledGraph['drawRandom'] {
  const random = inputs.filter((input) => input.draw)
  return (stream) => {
    for (const { name, draw: how } of random)
      draw(stream(how!.stream), how!.distribution, buffers[name]!.data)
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
