import { draw, type Stream } from '@sandglass/core'
import { elements, type Graph, type GraphInput, type GraphOutput, type Value } from '../graph/graph'
import { type SplitGraph, separateOutputs, splitTail } from '../kernels/split-tail'
import { encodeOnnx, nodeName } from '../onnx/encode'
import { optimise } from '../passes/index'
import { vectorise } from '../passes/vectorise'
import { type Arena, arenaBuffer, MOST_BYTES } from './arena'
import { allocateAs, type Buffer } from './buffers'
import { memoryNeeded } from './memory'
import { optimisationFor } from './optimisation'
import type { Runtime, RuntimeOptions, RuntimeSession, RuntimeTensor, RuntimeTensors } from './runtime'
import { outOfMemory, runtimeError } from './runtime-errors'
import { openTail } from './tail-kernel'
import { flopsOf, threadsFor } from './threads'

/** Which of a graph's inputs and outputs are state, which the caller keeps. */
export interface StateNames {
  input(name: string): boolean
  output(name: string): boolean
  /** The input that an output is the next value of, which nothing reads once it is there. */
  replaced?(output: string): string | undefined
}

/** A graph ready to run, with buffers for all that is not state. */
export interface CompiledGraph {
  /** The graph that runs, after all passes. */
  readonly graph: Graph
  /** Buffers of the inputs that the graph still reads and that are not state, by name. */
  readonly inputs: Readonly<Record<string, Buffer<Float32Array>>>
  /** Buffers to fill for the next run while one is under way; `swap` makes them the inputs. */
  readonly spare: Readonly<Record<string, Buffer<Float32Array>>>
  swap(): void
  /** Whether filling them takes longer than handing a run to another thread. */
  readonly worthPreparing: boolean
  /** Outputs that are written over the state that they are the next value of, and need no array of their own. */
  readonly inPlace: ReadonlySet<string>
  /** Fills the inputs that are random numbers, or their spare buffers. */
  drawRandom(stream: (name: string) => Stream, spare?: boolean): void
  /**
   * Runs with state tensors in, and out where they are written in place, by name; gives all outputs. Those that are not
   * state are overwritten by the next run. Throws `SandglassError`. `meanwhile` is called once the run is under way, on
   * another thread where the runtime can; it must not throw.
   */
  run(feeds: RuntimeTensors, fetches: RuntimeTensors, meanwhile?: () => void): Promise<RuntimeTensors>
  release(): Promise<void>
}

// Nanoseconds, measured on a 2.5 GHz Xeon: to gather a number of a batch; to draw a random one; to run on another thread.
const GATHERED = 0.5
const DRAWN = 15
const THREAD = 150_000
// A floating-point operation of a product on two threads; and what share of a run that has all cores filling must be
// worth, since it takes one of them away: gathering alone made a step of 27 ms a tenth slower.
const OPERATION = 0.01
const SHARE = 0.25

/** What is run: a graph after all passes, in one part or two. */
interface Plan {
  readonly graph: Graph
  /** What the runtime does. */
  readonly body: Graph
  /** What a kernel does afterwards, if anything. */
  readonly tailed?: SplitGraph | undefined
  readonly threads?: number | undefined
}

/** Optimises a traced graph and splits it where that pays. Throws `SandglassError` when it needs too much memory. */
function planGraph(
  traced: Graph,
  { provider = 'cpu', threads, cores, memory, arena }: RuntimeOptions,
  what: string,
): Plan {
  const graph = pruneInputs(optimise(traced))
  const needed = memoryNeeded(graph)
  if (memory !== undefined && needed > memory) throw outOfMemory(what, needed, memory)
  const split = arena && roomFor(graph, arena) ? splitTail(separateOutputs(graph)) : undefined
  // A runtime's session must have an output: a graph that is all tail stays whole.
  const tailed = split?.tail.length && split.body.outputs.length ? split : undefined
  const whole = tailed ? pruneInputs(tailed.body) : graph
  const body = provider === 'cpu' ? vectorise(whole) : whole
  return { graph, body, tailed, threads: threads ?? threadsFor(graph, cores) }
}

/** Optimises a traced graph and makes it ready to run. `what` is for messages. Throws `SandglassError`. */
export async function compileGraph(
  runtime: Runtime,
  options: RuntimeOptions,
  traced: Graph,
  isState: StateNames,
  what = 'a graph',
): Promise<CompiledGraph> {
  const { state: place = 'in-place', arena } = options
  const plan = planGraph(traced, options, what)
  const { graph, body, tailed } = plan

  const held: { address: number; bytes: number }[] = []
  const make = (value: Value): Buffer => {
    if (!arena || !tailed || value.dtype !== 'float32') return allocateAs(runtime, value.shape, value.dtype)
    const bytes = 4 * elements(value.shape)
    const address = arena.allocate(bytes)
    held.push({ address, bytes })
    return arenaBuffer(runtime, arena, address, value.shape)
  }
  const own = (ends: readonly (GraphInput | GraphOutput)[], isOwn: (name: string) => boolean) =>
    Object.fromEntries(ends.filter(({ name }) => isOwn(name)).map(({ name, value }) => [name, make(value)]))
  const isInput = (name: string) => !isState.input(name)
  let inputs = own(graph.inputs, isInput) as Record<string, Buffer<Float32Array>>
  let spare: typeof inputs | undefined
  const outputs =
    place === 'in-place' ? own((tailed?.whole ?? graph).outputs, (name) => !isState.output(name)) : undefined
  const handed = Object.fromEntries((tailed?.handed ?? []).map(({ name, value }) => [name, make(value)]))
  const freeHeld = () => {
    for (const { address, bytes } of held.splice(0)) arena!.free(address, bytes)
  }
  const session = await openSession(runtime, plan, options, isState).catch((error: unknown) => {
    freeHeld()
    throw runtimeError(`opening the graph for ${what}`, error)
  })
  const tail = arena && tailed && (await openTail(tailed, arena, (name) => isState.replaced?.(name)))
  const addresses = tailed && addressesOf(tailed)
  // What every run hands to the runtime, in the same records.
  const used: Record<string, RuntimeTensor> = {}
  const written: Record<string, RuntimeTensor> = {}
  const fed = body.inputs.map(({ name }) => [name, isState.input(name)] as const)
  const made = body.outputs.map(({ name }) => name)

  /** Where each array of the tail is, given where state is now. */
  function addressesOf({ whole }: SplitGraph) {
    const at = new Map<Value, (feeds: RuntimeTensors, fetches: RuntimeTensors) => RuntimeTensor>()
    for (const { name, value } of tailed!.handed) at.set(value, () => handed[name]!.tensor)
    for (const { name, value } of whole.inputs)
      at.set(value, (feeds) => (isState.input(name) ? feeds[name]! : inputs[name]!.tensor))
    for (const { name, value } of whole.outputs)
      at.set(value, (_, fetches) => (isState.output(name) ? fetches[name]! : outputs![name]!.tensor))
    return at
  }

  function spareInputs() {
    spare ??= own(graph.inputs, isInput) as Record<string, Buffer<Float32Array>>
    return spare
  }

  return {
    graph,
    get inputs() {
      return inputs
    },
    get spare() {
      return spareInputs()
    },
    swap: () => {
      ;[inputs, spare] = [spareInputs(), inputs]
    },
    worthPreparing: isWorthPreparing(plan, isInput),
    inPlace: new Set(
      tail ? tailed.whole.outputs.filter(({ value }) => tail.inPlace.has(value)).map(({ name }) => name) : [],
    ),
    drawRandom: (stream, ahead = false) => drawInto(graph, ahead ? spareInputs() : inputs, stream),
    run: async (feeds, fetches, meanwhile) => {
      for (const [name, state] of fed) used[name] = state ? feeds[name]! : inputs[name]!.tensor
      try {
        if (!outputs) return await session.run(used)
        for (const name of made) written[name] = fetches[name] ?? (outputs[name] ?? handed[name])!.tensor
        const running = meanwhile && session.start ? session.start(used, written) : session.run(used, written)
        meanwhile?.()
        await running
        tail?.run((value) => addressOf(addresses!.get(value)!(feeds, fetches)))
        return { ...tensorsOf(outputs), ...fetches }
      } catch (error) {
        throw runtimeError(what, error)
      }
    },
    release: async () => {
      freeHeld()
      tail?.release()
      await session.release()
    },
  }
}

function isWorthPreparing({ graph, threads }: Plan, isInput: (name: string) => boolean): boolean {
  const filling = graph.inputs
    .filter(({ name }) => isInput(name))
    .reduce((sum, { value, draw: how }) => sum + (how ? DRAWN : GATHERED) * elements(value.shape), 0)
  const least = threads === 1 ? THREAD : Math.max(THREAD, SHARE * OPERATION * flopsOf(graph))
  return filling > least
}

async function openSession(
  runtime: Runtime,
  { graph, body, threads }: Plan,
  { provider = 'cpu', state }: RuntimeOptions,
  isState: StateNames,
): Promise<RuntimeSession> {
  const onDevice = graph.outputs.filter(({ name }) => state === 'gpu-buffer' && isState.output(name))
  return runtime.InferenceSession.create(encodeOnnx(body), {
    executionProviders: [providerOf(provider, body)],
    executionMode: 'sequential',
    graphOptimizationLevel: optimisationFor(body),
    interOpNumThreads: 1,
    logSeverityLevel: 3,
    ...(threads && { intraOpNumThreads: threads }),
    ...(onDevice.length && {
      preferredOutputLocation: Object.fromEntries(onDevice.map(({ name }) => [name, 'gpu-buffer'])),
    }),
  })
}

/** Whether what a graph hands to its tail would fit beside what there is. */
function roomFor(graph: Graph, { memory }: Arena): boolean {
  return memoryNeeded(graph) < MOST_BYTES / 2 - memory.buffer.byteLength
}

function addressOf({ data }: RuntimeTensor): number {
  const { buffer, byteOffset } = data as Float32Array
  if (buffer.byteLength === 0) throw new Error('an array was moved while a step held it')
  return byteOffset
}

function drawInto(
  { inputs }: Graph,
  buffers: Readonly<Record<string, Buffer<Float32Array>>>,
  stream: (name: string) => Stream,
): void {
  for (const { name, draw: how } of inputs)
    if (how) draw(stream(how.stream), how.distribution, buffers[name]!.data)
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
