import { draw, type Stream, sizeOf } from '@sandglass/core'
import { elements, type Graph, type GraphInput, type GraphOutput, type Value } from '../graph/graph'
import type { SplitGraph } from '../kernels/split-tail'
import { encodeOnnx, nodeName } from '../onnx/encode'
import { arenaBuffer } from './arena'
import { allocateAs, type Buffer } from './buffers'
import { optimisationFor } from './optimisation'
import { createParts } from './parts'
import { isWorthPreparing, planGraph } from './plan'
import type { Runtime, RuntimeSession, RuntimeTensor, RuntimeTensors } from './runtime'
import { runtimeError } from './runtime-errors'
import type { RuntimeOptions } from './runtime-options'
import { openTail } from './tail-kernel'

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
  drawRandom(stream: StreamOf, spare?: boolean): void
  /**
   * Runs with state tensors in, and out where they are written in place, by name; gives all outputs. Those that are not
   * state are overwritten by the next run. Throws `SandglassError`. `meanwhile` is called once the run is under way, on
   * another thread where the runtime can; it must not throw.
   */
  run(feeds: RuntimeTensors, fetches: RuntimeTensors, meanwhile?: () => void): Promise<RuntimeTensors>
  release(): Promise<void>
}

/** The stream of this name, of which a sample takes `width` numbers. */
type StreamOf = (name: string, width: number) => Stream

/** Optimises a traced graph and makes it ready to run. `what` is for messages. Throws `SandglassError`. */
export async function compileGraph(
  runtime: Runtime,
  options: RuntimeOptions,
  traced: Graph,
  isState: StateNames,
  what = 'a graph',
): Promise<CompiledGraph> {
  const { state: place = 'in-place', arena } = options
  const parts = runtime.concurrent && place === 'in-place' ? options.parts : 1
  const plan = planGraph(traced, { ...options, parts }, isState.input, what)
  const { graph, split, body, tailed } = plan

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
  const sessions: RuntimeSession[] = []
  const open = async (run: Graph, threads: number | undefined) => {
    const session = await openSession(runtime, run, threads, options, isState)
    sessions.push(session)
    return session
  }
  const releaseAll = async () => {
    for (const { address, bytes } of held.splice(0)) arena!.free(address, bytes)
    await Promise.all(sessions.splice(0).map((session) => session.release()))
  }
  const opened = async () => ({
    batch: split && createParts(runtime, split, await open(split.part, plan.partThreads), make),
    session: body.outputs.length ? await open(body, plan.threads) : undefined,
  })
  const { batch, session } = await opened().catch(async (error: unknown) => {
    await releaseAll()
    throw runtimeError(`opening the graph for ${what}`, error)
  })
  const inputOf = (name: string) => (batch?.sums[name] ?? inputs[name]!).tensor
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
      at.set(value, (feeds) => (isState.input(name) ? feeds[name]! : inputOf(name)))
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
    worthPreparing: isWorthPreparing(plan, isState.input),
    inPlace: new Set(
      tail ? tailed.whole.outputs.filter(({ value }) => tail.inPlace.has(value)).map(({ name }) => name) : [],
    ),
    drawRandom: (stream, ahead = false) => drawInto(graph, ahead ? spareInputs() : inputs, stream),
    run: async (feeds, fetches, meanwhile) => {
      try {
        await batch?.run((name) => (isState.input(name) ? feeds[name]! : inputs[name]!.tensor), meanwhile)
        for (const [name, state] of fed) used[name] = state ? feeds[name]! : inputOf(name)
        if (!outputs) return await session!.run(used)
        for (const name of made) written[name] = fetches[name] ?? (outputs[name] ?? handed[name])!.tensor
        const aside = batch ? undefined : meanwhile
        const running = aside && session?.start ? session.start(used, written) : session?.run(used, written)
        aside?.()
        await running
        tail?.run((value) => addressOf(addresses!.get(value)!(feeds, fetches)))
        return { ...tensorsOf(outputs), ...fetches }
      } catch (error) {
        throw runtimeError(what, error)
      }
    },
    release: async () => {
      tail?.release()
      await releaseAll()
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

function addressOf({ data }: RuntimeTensor): number {
  const { buffer, byteOffset } = data as Float32Array
  if (buffer.byteLength === 0) throw new Error('an array was moved while a step held it')
  return byteOffset
}

function drawInto(
  { inputs }: Graph,
  buffers: Readonly<Record<string, Buffer<Float32Array>>>,
  stream: StreamOf,
): void {
  for (const { name, value, draw: how } of inputs)
    if (how) draw(stream(how.stream, sizeOf(value.shape.slice(1))), how.distribution, buffers[name]!.data)
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
