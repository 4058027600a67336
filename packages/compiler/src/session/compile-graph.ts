import { type Draws, draw, sizeOf } from '@sandglass/core'
import type { Graph, Value } from '../graph/graph'
import type { SplitGraph } from '../kernels/split-tail'
import type { Buffer } from './buffers'
import type { CompiledGraph, StateNames } from './compiled-graph'
import { createGraphArrays, type GraphArrays } from './graph-arrays'
import { createGraphSessions } from './graph-sessions'
import { createParts, type Parts } from './parts'
import { isWorthPreparing, planGraph } from './plan'
import type { Runtime, RuntimeSession, RuntimeTensor, RuntimeTensors } from './runtime'
import { runtimeError } from './runtime-errors'
import type { RuntimeOptions } from './runtime-options'
import { openTail, type TailKernel } from './tail-kernel'

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
  const arrays = createGraphArrays(runtime, plan, options, isState)
  const sessions = createGraphSessions(runtime, options, isState)
  const release = async () => {
    arrays.free()
    await sessions.release()
  }
  const opened = async () => ({
    batch:
      split && createParts(runtime, split, await sessions.open(split.part, plan.partThreads), arrays.make),
    session: body.outputs.length ? await sessions.open(body, plan.threads) : undefined,
  })
  const { batch, session } = await opened().catch(async (error: unknown) => {
    await release()
    throw runtimeError(`opening the graph for ${what}`, error)
  })
  const tail = arena && tailed && (await openTail(tailed, arena, (name) => isState.replaced?.(name)))
  return {
    graph,
    get inputs() {
      return arrays.inputs
    },
    get spare() {
      return arrays.spare
    },
    swap: arrays.swap,
    worthPreparing: isWorthPreparing(plan, isState.input),
    inPlace: new Set(
      tail ? tailed.whole.outputs.filter(({ value }) => tail.inPlace.has(value)).map(({ name }) => name) : [],
    ),
    drawRandom: (draws, ahead = false) => drawInto(graph, ahead ? arrays.spare : arrays.inputs, draws),
    run: createRun({ body, tailed, arrays, batch, session, tail, isState, what }),
    release: async () => {
      tail?.release()
      await release()
    },
  }
}

/** The pieces of a graph, ready to run one after the other. */
interface Pieces {
  readonly body: Graph
  readonly tailed: SplitGraph | undefined
  readonly arrays: GraphArrays
  readonly batch: Parts | undefined
  readonly session: RuntimeSession | undefined
  readonly tail: TailKernel | undefined
  readonly isState: StateNames
  /** For messages. */
  readonly what: string
}

/** Parts of the batch, then the body, then the tail. */
function createRun({
  body,
  tailed,
  arrays,
  batch,
  session,
  tail,
  isState,
  what,
}: Pieces): CompiledGraph['run'] {
  const { outputs, handed } = arrays
  const inputOf = (name: string) => (batch?.sums[name] ?? arrays.inputs[name]!).tensor
  const addresses = tailed && addressesOf(tailed)
  // What every run hands to the runtime, in the same records.
  const used: Record<string, RuntimeTensor> = {}
  const written: Record<string, RuntimeTensor> = {}
  const fed = body.inputs.map(({ name }) => [name, isState.input(name)] as const)
  const made = body.outputs.map(({ name }) => name)

  /** Where each array of the tail is, given where state is now. */
  function addressesOf({ whole, handed: given }: SplitGraph) {
    const at = new Map<Value, (feeds: RuntimeTensors, fetches: RuntimeTensors) => RuntimeTensor>()
    for (const { name, value } of given) at.set(value, () => handed[name]!.tensor)
    for (const { name, value } of whole.inputs)
      at.set(value, (feeds) => (isState.input(name) ? feeds[name]! : inputOf(name)))
    for (const { name, value } of whole.outputs)
      at.set(value, (_, fetches) => (isState.output(name) ? fetches[name]! : outputs![name]!.tensor))
    return at
  }

  return async (feeds, fetches, meanwhile) => {
    try {
      await batch?.run(
        (name) => (isState.input(name) ? feeds[name]! : arrays.inputs[name]!.tensor),
        meanwhile,
      )
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
  }
}

function addressOf({ data }: RuntimeTensor): number {
  const { buffer, byteOffset } = data as Float32Array
  if (buffer.byteLength === 0) throw new Error('an array was moved while a step held it')
  return byteOffset
}

function drawInto(
  { inputs }: Graph,
  buffers: Readonly<Record<string, Buffer<Float32Array>>>,
  draws: Draws,
): void {
  for (const { name, value, draw: how } of inputs)
    if (how) draw(draws(how.stream, sizeOf(value.shape.slice(1))), how.distribution, buffers[name]!.data)
}

function tensorsOf(record: Readonly<Record<string, Buffer>>): RuntimeTensors {
  return Object.fromEntries(Object.entries(record).map(([name, { tensor }]) => [name, tensor]))
}
