import {
  type Batch,
  createStreams,
  type HostRecord,
  initialWeights,
  type Objective,
  type Program,
  SandglassError,
  type Scalars,
  type Session,
  type Shape,
  showShape,
  type TrainingState,
} from '@sandglass/core'
import type { Graph } from '../graph/graph'
import { back, front, type PingPong, pingPong, swap } from './buffers'
import { type CompiledGraph, compileGraph } from './compiled-graph'
import type { Runtime, RuntimeOptions, RuntimeTensor } from './runtime'
import {
  BATCH,
  evaluateGraph,
  functionGraph,
  ITERATION,
  LEARNING_RATE,
  NEXT,
  SCALAR,
  SLOT,
  trainedShapes,
  trainGraph,
  WEIGHT,
} from './step-graph'

export interface CompiledSessionOptions extends RuntimeOptions {
  readonly id: string
  readonly device: string
}

/** Graphs kept for batches of other sizes than before, per session; the least recently used goes first. */
const GRAPHS_KEPT = 16

/**
 * A session whose every step is one call of one graph. State lives in pairs of buffers that swap after each step, so
 * that a failed step changes nothing and a good one copies nothing.
 */
export async function openCompiledSession(
  program: Program,
  runtime: Runtime,
  options: CompiledSessionOptions,
): Promise<Session> {
  const { model, seed, optimizers = {}, metrics = {} } = program
  const streams = createStreams(seed)
  const weights = new Map<string, PingPong>()
  const slots = new Map<string, Map<string, PingPong>>()
  const iterations: Record<string, number> = {}
  const graphs = new Map<string, Promise<CompiledGraph>>()
  let queue: Promise<unknown> = Promise.resolve()
  let disposed = false

  for (const [name, { shape }] of Object.entries(model.weights)) weights.set(name, pingPong(runtime, shape))
  write(weights, initialWeights(model, seed))
  for (const [name, optimizer] of Object.entries(optimizers)) {
    const own = new Map<string, PingPong>()
    iterations[name] = 0
    for (const [slot, { shape, initial }] of Object.entries(
      optimizer.slots(trainedShapes(model, objectiveOf(name))),
    )) {
      own.set(slot, pingPong(runtime, shape))
      const { data } = front(own.get(slot)!)
      if (typeof initial === 'number') data.fill(initial)
      else data.set(front(weights.get(initial.copyOf)!).data)
    }
    slots.set(name, own)
  }

  function objectiveOf(name: string): Objective {
    const objective = model.objectives.find((o) => o.name === name)
    if (objective) return objective
    throw new SandglassError('spec', `unknown objective "${name}"`, {
      expected: `one of ${model.objectives.map((o) => o.name).join(', ')}`,
    })
  }

  function compiled(key: string, make: () => Graph): Promise<CompiledGraph> {
    const known = graphs.get(key)
    graphs.delete(key)
    const graph = known ?? Promise.resolve().then(() => compileGraph(runtime, options, make(), isState))
    graphs.set(key, graph)
    graph.catch(() => graphs.delete(key))
    if (graphs.size > GRAPHS_KEPT) {
      const [oldest, stale] = graphs.entries().next().value!
      graphs.delete(oldest)
      void stale.then((g) => g.release())
    }
    return graph
  }

  /** One call at a time: the buffers are shared. */
  function exclusively<T>(task: () => Promise<T>): Promise<T> {
    if (disposed)
      throw new SandglassError('backend', 'the session is disposed', {
        advice: 'Open a new one from the backend.',
      })
    const result = queue.then(task)
    queue = result.catch(() => undefined)
    return result
  }

  function weightFeeds(objective?: string): Record<string, RuntimeTensor> {
    const averaged = objective ? optimizers[objective]?.averaged : undefined
    const feeds: Record<string, RuntimeTensor> = {}
    for (const [name, state] of weights) {
      const average = averaged ? slots.get(objective!)?.get(`${averaged}/${name}`) : undefined
      feeds[WEIGHT + name] = front(average ?? state).tensor
    }
    return feeds
  }

  function fillBatch(graph: CompiledGraph, batch: Batch): void {
    for (const field of Object.keys(batch.fields)) {
      const buffer = graph.inputs[BATCH + field]
      if (buffer) batch.fill(field, buffer.data)
    }
  }

  return {
    backend: { id: options.id, device: options.device },

    step: ({ objective: name, batch, step, learningRate }) =>
      exclusively(async () => {
        const objective = objectiveOf(name)
        const optimizer = optimizers[name]
        if (!optimizer)
          throw new SandglassError('spec', `objective "${name}" has no optimizer`, {
            advice: 'Give the program an optimizer for every objective that is trained.',
          })
        const shapes = batchShapes(objective, batch)
        const graph = await compiled(`train ${name} ${JSON.stringify(shapes)}`, () =>
          trainGraph(model, objective, optimizer, metrics, shapes),
        )
        fillBatch(graph, batch)
        graph.drawRandom((stream) => streams.at(stream, step))
        setScalar(graph, LEARNING_RATE, learningRate)
        setScalar(graph, ITERATION, iterations[name]! + 1)
        const feeds = weightFeeds()
        const fetches: Record<string, RuntimeTensor> = {}
        const written: PingPong[] = []
        const own = slots.get(name)!
        for (const [slot, state] of own) feeds[SLOT + slot] = front(state).tensor
        for (const output of graph.graph.outputs) {
          const state = stateOf(output.name, weights, own)
          if (!state) continue
          fetches[output.name] = back(state).tensor
          written.push(state)
        }
        await graph.run(feeds, fetches)
        written.forEach(swap)
        iterations[name]!++
        return scalarsOf(graph)
      }),

    evaluate: ({ objective: name, batch, index }) =>
      exclusively(async () => {
        const objective = objectiveOf(name)
        const shapes = batchShapes(objective, batch)
        const graph = await compiled(`evaluate ${name} ${JSON.stringify(shapes)}`, () =>
          evaluateGraph(model, objective, metrics, shapes),
        )
        fillBatch(graph, batch)
        graph.drawRandom((stream) => streams.at(`evaluate/${stream}`, index))
        await graph.run(weightFeeds(name), {})
        return scalarsOf(graph)
      }),

    run: (name, inputs, index = 0) =>
      exclusively(async () => {
        const size = checkInputs(program, name, inputs)
        const graph = await compiled(`run ${name} ${size}`, () =>
          functionGraph(model, model.functions[name]!, size),
        )
        for (const [field, { data }] of Object.entries(inputs)) graph.inputs[BATCH + field]?.data.set(data)
        graph.drawRandom((stream) => streams.at(`evaluate/${stream}`, index))
        await graph.run(weightFeeds(), {})
        return Object.fromEntries(
          Object.entries(graph.outputs).map(([output, { data, tensor }]) => [
            output,
            { shape: tensor.dims, data: data.slice() },
          ]),
        )
      }),

    state: () =>
      exclusively(async () => ({
        weights: read(weights),
        slots: Object.fromEntries([...slots].map(([objective, own]) => [objective, read(own)])),
        iterations: { ...iterations },
      })),

    restore: (state) =>
      exclusively(async () => {
        checkState(state)
        if (state.weights) write(weights, state.weights)
        for (const [objective, own] of Object.entries(state.slots ?? {})) write(slots.get(objective)!, own)
        Object.assign(iterations, state.iterations)
      }),

    dispose: () => {
      disposed = true
      for (const graph of graphs.values()) void graph.then((g) => g.release()).catch(() => undefined)
      graphs.clear()
    },
  }

  function checkState({ weights: w = {}, slots: s = {} }: Partial<TrainingState>): void {
    check('weights', weights, w)
    for (const [objective, own] of Object.entries(s)) {
      const expected = slots.get(objective)
      if (!expected)
        throw new SandglassError('spec', `cannot restore slots of "${objective}"`, {
          expected: `objectives ${[...slots.keys()].join(', ') || '(none)'}`,
        })
      check(`slots of ${objective}`, expected, own)
    }
  }
}

function isState(name: string): boolean {
  return [WEIGHT, SLOT, NEXT].some((prefix) => name.startsWith(prefix))
}

function stateOf(
  output: string,
  weights: Map<string, PingPong>,
  slots: Map<string, PingPong>,
): PingPong | undefined {
  if (output.startsWith(NEXT + WEIGHT)) return weights.get(output.slice((NEXT + WEIGHT).length))
  if (output.startsWith(NEXT + SLOT)) return slots.get(output.slice((NEXT + SLOT).length))
  return undefined
}

function setScalar(graph: CompiledGraph, name: string, value: number): void {
  const buffer = graph.inputs[name]
  if (buffer) buffer.data[0] = value
}

function scalarsOf({ outputs }: CompiledGraph): Scalars {
  return Object.fromEntries(
    Object.entries(outputs)
      .filter(([name]) => name.startsWith(SCALAR))
      .map(([name, { data }]) => [name.slice(SCALAR.length), data[0]!]),
  )
}

function read(states: Map<string, PingPong>): HostRecord {
  return Object.fromEntries(
    [...states].map(([name, state]) => [name, { shape: state.shape, data: front(state).data.slice() }]),
  )
}

function write(states: Map<string, PingPong>, values: HostRecord): void {
  for (const [name, { data }] of Object.entries(values)) front(states.get(name)!).data.set(data)
}

function check(what: string, expected: Map<string, PingPong>, given: HostRecord): void {
  for (const [name, { shape, data }] of Object.entries(given)) {
    const state = expected.get(name)
    if (!state)
      throw new SandglassError('spec', `cannot restore ${what}: unknown name "${name}"`, {
        expected: `one of ${[...expected.keys()].join(', ')}`,
      })
    const size = front(state).data.length
    if (showShape(shape) !== showShape(state.shape) || data.length !== size)
      throw new SandglassError('shape', `cannot restore ${what}: "${name}" has the wrong shape`, {
        got: `${showShape(shape)}, ${data.length} elements`,
        expected: `${showShape(state.shape)}, ${size} elements`,
      })
  }
}

/** Shapes, with the batch, of the fields that an objective reads. */
function batchShapes(objective: Objective, batch: Batch): Record<string, Shape> {
  const shapes: Record<string, Shape> = {}
  for (const [field, need] of Object.entries(objective.fields)) {
    const shape = batch.fields[field]
    if (shape) shapes[field] = [batch.size, ...shape]
    else if (need === 'required')
      throw new SandglassError('data', `objective "${objective.name}" needs the field "${field}"`, {
        got: `a batch with ${Object.keys(batch.fields).join(', ') || 'no fields'}`,
      })
  }
  return shapes
}

/** Validates the inputs of a model function; returns the batch size. */
function checkInputs({ model }: Program, name: string, inputs: HostRecord): number {
  const declared = model.functions[name]
  if (!declared)
    throw new SandglassError('spec', `the model has no function "${name}"`, {
      expected: `one of ${Object.keys(model.functions).join(', ')}`,
    })
  let size: number | undefined
  for (const [field, shape] of Object.entries(declared.inputs)) {
    const given = inputs[field]
    const batch = given?.shape[0]
    const expected = [size ?? batch ?? 1, ...shape]
    if (!given || batch === undefined || showShape(given.shape) !== showShape(expected))
      throw new SandglassError('shape', `${name}: the input "${field}" does not fit`, {
        got: given ? showShape(given.shape) : 'nothing',
        expected: `[batch, ${shape.join(', ')}]`,
      })
    size = batch
  }
  return size ?? 1
}
