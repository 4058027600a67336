import {
  averagedWeights,
  type Batch,
  batchShapes,
  type Controls,
  checkOptimizers,
  checkState,
  clearNearlyZero,
  clearsNearlyZero,
  controlValues,
  createSerially,
  createStreams,
  type HostRecord,
  initialSlots,
  initialWeights,
  inputBatch,
  type Model,
  objectiveOf,
  optimizerOf,
  type Program,
  SandglassError,
  type Scalars,
  type Session,
  type Shape,
  type StepRequest,
  sameShape,
  sizeOf,
  type TypedArray,
} from '@sandglass/core'
import type { Graph } from '../graph/graph'
import { createArena, MOST_BYTES } from './arena'
import { type CompiledGraph, compileGraph, type StateNames } from './compiled-graph'
import { createDownloader } from './download'
import { createGraphCache } from './graph-cache'
import type { Runtime, RuntimeTensor, RuntimeTensors } from './runtime'
import type { RuntimeOptions } from './runtime-options'
import { createStateCell, type StateCell } from './state-cell'
import {
  BATCH,
  CONTROL,
  evaluateGraph,
  functionGraph,
  ITERATION,
  LEARNING_RATE,
  NEXT,
  SCALAR,
  SLOT,
  trainGraph,
  WEIGHT,
} from './step-graph'

export interface CompiledSessionOptions extends RuntimeOptions {
  readonly id: string
  readonly device: string
  /** Whether to compile elementwise work into kernels of WebAssembly, which need state in place. */
  readonly kernels?: boolean
}

type Cells = ReadonlyMap<string, StateCell>

/** Cells by the input that reads them, and by the output that gives them new values in arrays of their own. */
interface Traffic {
  readonly read: readonly (readonly [string, StateCell])[]
  readonly changed: readonly (readonly [string, StateCell])[]
}

/** The shapes of a batch, and a name for them. */
interface BatchKey {
  readonly size: number
  readonly shapes: Readonly<Record<string, Shape>>
  readonly key: string
}

/** State goes in as `weight/…` and `slot/…`; a training step also gives it back. */
const READS: StateNames = {
  input: (name) => name.startsWith(WEIGHT) || name.startsWith(SLOT),
  output: () => false,
}
const TRAINS: StateNames = {
  ...READS,
  output: (name) => name.startsWith(NEXT),
  replaced: (name) => (name.startsWith(NEXT) ? name.slice(NEXT.length) : undefined),
}

/**
 * A session whose every step is one call of one graph. Calls queue, so they may overlap. A step takes over what it made
 * only when all of it succeeded, so that a failed one changes nothing; and where the runtime writes in place, nothing
 * is copied.
 *
 * Evaluation and functions draw from streams of their own, `evaluate/…` and `run/…`, and see averaged weights where an
 * optimizer keeps them.
 *
 * @throws SandglassError `spec` when optimizers do not fit the objectives
 */
export async function openCompiledSession(
  program: Program,
  runtime: Runtime,
  asked: CompiledSessionOptions,
): Promise<Session> {
  const { model, seed, optimizers = {}, metrics = {} } = program
  checkOptimizers(program)
  const options = { ...asked, ...(asked.kernels && fitsArena(model) && { arena: createArena() }) }
  const streams = createStreams(seed)
  const serially = createSerially()
  const graphs = createGraphCache(options.state === 'gpu-buffer' ? stateToHost : undefined)
  const downloader = createDownloader(runtime, options)
  const iterations: Record<string, number> = {}
  const traffics = new WeakMap<CompiledGraph, Traffic>()
  const batchKeys = new WeakMap<Batch['fields'], Map<string, BatchKey>>()
  let prepared: { graph: CompiledGraph; batch: Batch; step: number } | undefined
  let disposed = false

  const initial = initialWeights(model, seed)
  const weights = cellsOf(initial)
  const slots = new Map<string, Cells>()
  for (const [name, optimizer] of Object.entries(optimizers)) {
    slots.set(name, cellsOf(initialSlots(model, objectiveOf(model, name), optimizer, initial)))
    iterations[name] = 0
  }

  function cellsOf(values: HostRecord): Cells {
    return new Map(
      Object.entries(values).map(([name, { shape, data }]) => {
        const cell = createStateCell(runtime, shape, options)
        cell.write(data)
        return [name, cell]
      }),
    )
  }

  function enqueue<T>(what: string, task: () => Promise<T>): Promise<T> {
    return serially(() => {
      if (disposed)
        throw new SandglassError('backend', `cannot ${what}: the session is disposed`, {
          advice: 'Open another one.',
        })
      return task()
    })
  }

  function compiled(what: string, key: string, isState: StateNames, make: () => Graph) {
    return graphs.get(`${what} ${key}`, async () => compileGraph(runtime, options, make(), isState, what))
  }

  /** Fills the spare buffers of a graph; if that fails, the step itself will say so. */
  function prepareNext(
    graph: CompiledGraph,
    { batch, step }: { readonly batch: Batch; readonly step: number },
    shapes: Readonly<Record<string, Shape>>,
  ): void {
    try {
      fillBatch(graph.spare, batch, shapes)
      graph.drawRandom((stream) => streams.at(stream, step), true)
      prepared = { graph, batch, step }
    } catch {
      prepared = undefined
    }
  }

  /** What a training graph exchanges with the session; asked for at every step, and found out once. */
  function trafficOf(graph: CompiledGraph, own: Cells): Traffic {
    const known = traffics.get(graph)
    if (known) return known
    const named = (prefix: string, cells: Cells) =>
      [...cells].map(([name, cell]) => [prefix + name, cell] as const)
    const traffic = {
      read: [...named(WEIGHT, weights), ...named(SLOT, own)],
      changed: [...nextCells(WEIGHT, weights, graph), ...nextCells(SLOT, own, graph)],
    }
    // Made now, so that none moves the others when a step asks for them.
    for (const [, cell] of traffic.changed) cell.target()
    traffics.set(graph, traffic)
    return traffic
  }

  /** Shapes of a batch for an objective, once for each record of fields. */
  function batchKey(batch: Batch, name: string): BatchKey {
    const known = batchKeys.get(batch.fields) ?? new Map<string, BatchKey>()
    let found = known.get(name)
    if (found?.size !== batch.size) {
      const shapes = batchShapes(batch, objectiveOf(model, name), model.fields)
      found = { size: batch.size, shapes, key: JSON.stringify(shapes) }
      batchKeys.set(batch.fields, known.set(name, found))
    }
    return found
  }

  /** Weights to feed; averaged ones to evaluate with. */
  function weightFeeds(
    averages: ReturnType<typeof averagedWeights> = new Map(),
  ): Record<string, RuntimeTensor> {
    const feeds: Record<string, RuntimeTensor> = {}
    for (const [name, cell] of weights) {
      const average = averages.get(name)
      const used = average ? slots.get(average.objective)!.get(average.slot)! : cell
      feeds[WEIGHT + name] = used.current()
    }
    return feeds
  }

  async function readAll(cells: Cells): Promise<HostRecord> {
    const tensors = Object.fromEntries([...cells].map(([name, cell]) => [name, cell.current()]))
    const data = await downloader.read(tensors)
    return Object.fromEntries(
      [...cells].map(([name, { shape }]) => [name, { shape: [...shape], data: data[name]! }]),
    )
  }

  /** A device's buffers belong to the graph that made them, and go with it. */
  async function stateToHost(): Promise<void> {
    for (const cells of [weights, ...slots.values()]) write(cells, await readAll(cells))
  }

  return {
    backend: { id: options.id, device: options.device },

    step: (request) =>
      enqueue('train', async () => {
        const { objective: name, batch, step, learningRate, next } = request
        const controls = controlValues(model.controls, request.controls)
        const objective = objectiveOf(model, name)
        const optimizer = optimizerOf(program, name, learningRate)
        const { shapes, key } = batchKey(batch, name)
        const graph = await compiled(`training "${name}"`, key, TRAINS, () =>
          trainGraph(model, objective, optimizer, metrics, shapes),
        )
        if (prepared?.graph === graph && prepared.batch === batch && prepared.step === step) graph.swap()
        else {
          fillBatch(graph.inputs, batch, shapes)
          graph.drawRandom((stream) => streams.at(stream, step))
        }
        prepared = undefined
        setScalar(graph, LEARNING_RATE, learningRate)
        setScalar(graph, ITERATION, iterations[name]! + 1)
        setControls(graph, controls)
        const { read, changed } = trafficOf(graph, slots.get(name)!)
        const spare = next && graph.worthPreparing && sameBatch(request, next) ? graph.spare : undefined
        const fetches: Record<string, RuntimeTensor> = {}
        for (const [output, cell] of changed) {
          const target = cell.target()
          if (target) fetches[output] = target
        }
        const feeds: Record<string, RuntimeTensor> = {}
        for (const [input, cell] of read) feeds[input] = cell.current()
        const results = await graph.run(feeds, fetches, spare && (() => prepareNext(graph, next!, shapes)))
        for (const [output, cell] of changed) cell.accept(results[output]!)
        iterations[name]!++
        // What a kernel wrote is cleared, and a GPU takes no longer for denormal numbers.
        if (options.state !== 'gpu-buffer' && clearsNearlyZero(iterations[name]!))
          for (const [, cell] of changed) clearNearlyZero(cell.current().data as Float32Array)
        return scalarsOf(results)
      }),

    evaluate: ({ objective: name, batch, index, controls: given }) =>
      enqueue('evaluate', async () => {
        const controls = controlValues(model.controls, given)
        const objective = objectiveOf(model, name)
        const { shapes, key } = batchKey(batch, name)
        const graph = await compiled(`evaluating "${name}"`, key, READS, () =>
          evaluateGraph(model, objective, metrics, shapes),
        )
        fillBatch(graph.inputs, batch, shapes)
        setControls(graph, controls)
        graph.drawRandom((stream) => streams.at(`evaluate/${stream}`, index))
        return scalarsOf(await graph.run(weightFeeds(averagedWeights(program, name)), {}))
      }),

    run: (name, inputs, { size: asked, seed: drawn = seed, draw = 0, first = 0, controls: given } = {}) =>
      enqueue(`run "${name}"`, async () => {
        const controls = controlValues(model.controls, given)
        const target = Object.hasOwn(model.functions, name) ? model.functions[name] : undefined
        if (!target)
          throw new SandglassError('spec', `the model has no function "${name}"`, {
            expected: Object.keys(model.functions).join(', ') || 'none',
          })
        const size = inputBatch(`the function "${name}"`, inputs, target.inputs, asked)
        const graph = await compiled(`running "${name}"`, String(size), READS, () =>
          functionGraph(model, target, size),
        )
        for (const [field, { data }] of Object.entries(inputs)) graph.inputs[BATCH + field]?.data.set(data)
        setControls(graph, controls)
        const source = createStreams(drawn)
        graph.drawRandom((stream, width) => source.at(`run/${stream}`, draw, first * width))
        const results = await graph.run(weightFeeds(averagedWeights(program)), {})
        return Object.fromEntries(
          graph.graph.outputs.map(({ name: output, value }) => [
            output,
            { shape: [...value.shape], data: (results[output]!.data as TypedArray).slice() },
          ]),
        )
      }),

    state: () =>
      enqueue('read the state', async () => {
        const read: [string, HostRecord][] = []
        for (const [name, own] of slots) read.push([name, await readAll(own)])
        return {
          weights: await readAll(weights),
          slots: Object.fromEntries(read),
          iterations: { ...iterations },
        }
      }),

    restore: (state) =>
      enqueue('restore', async () => {
        checkState(state, {
          weights: shapesOf(weights),
          slots: Object.fromEntries([...slots].map(([name, own]) => [name, shapesOf(own)])),
        })
        write(weights, state.weights ?? {})
        for (const [name, own] of Object.entries(state.slots ?? {})) write(slots.get(name)!, own)
        Object.assign(iterations, state.iterations)
      }),

    dispose: () => {
      if (disposed) return
      disposed = true
      // After the call that is under way, which uses them.
      void serially(async () => {
        // State first: a device's buffers go with the graph that made them.
        for (const cells of [weights, ...slots.values()]) for (const cell of cells.values()) cell.dispose()
        await graphs.clear()
        await downloader.release()
      }).catch(() => undefined)
    },
  }
}

/** Whether weights and two slots of each, all in pairs, leave half of an arena to graphs. */
function fitsArena({ weights }: Model): boolean {
  const size = Object.values(weights).reduce((sum, { shape }) => sum + sizeOf(shape), 0)
  return 4 * size * 2 * 3 < MOST_BYTES / 2
}

function fillBatch(
  inputs: CompiledGraph['inputs'],
  batch: Batch,
  shapes: Readonly<Record<string, Shape>>,
): void {
  for (const field of Object.keys(shapes)) {
    const buffer = inputs[BATCH + field]
    if (buffer) batch.fill(field, buffer.data)
  }
}

/** Whether two steps run the same graph. */
function sameBatch(a: StepRequest, b: NonNullable<StepRequest['next']>): boolean {
  const fields = Object.keys(a.batch.fields)
  return (
    a.objective === b.objective &&
    a.batch.size === b.batch.size &&
    fields.length === Object.keys(b.batch.fields).length &&
    fields.every((field) => sameShape(a.batch.fields[field]!, b.batch.fields[field] ?? []))
  )
}

/** The cells that a training graph gives new values to in an array of their own, by the output that does. */
function* nextCells(
  prefix: string,
  cells: Cells,
  { graph, inPlace }: CompiledGraph,
): Generator<[string, StateCell]> {
  for (const { name } of graph.outputs) {
    if (!name.startsWith(NEXT + prefix) || inPlace.has(name)) continue
    const cell = cells.get(name.slice((NEXT + prefix).length))
    if (!cell)
      throw new SandglassError('spec', 'the step made state that does not exist', { got: `"${name}"` })
    yield [name, cell]
  }
}

function setScalar(graph: CompiledGraph, name: string, value: number): void {
  const buffer = graph.inputs[name]
  if (buffer) buffer.data[0] = value
}

function setControls(graph: CompiledGraph, controls: Controls): void {
  for (const name in controls) setScalar(graph, CONTROL + name, controls[name]!)
}

function scalarsOf(results: RuntimeTensors): Scalars {
  const scalars: Record<string, number> = {}
  for (const name in results)
    if (name.startsWith(SCALAR))
      scalars[name.slice(SCALAR.length)] = (results[name]!.data as Float32Array)[0]!
  return scalars
}

function shapesOf(cells: Cells): Record<string, Shape> {
  return Object.fromEntries([...cells].map(([name, { shape }]) => [name, shape]))
}

function write(cells: Cells, values: HostRecord): void {
  for (const [name, { data }] of Object.entries(values)) cells.get(name)!.write(data)
}
