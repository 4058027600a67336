import '@sandglass/core/gradients'
import {
  averagedWeights,
  type Context,
  type Controls,
  checkOptimizers,
  checkState,
  clearsNearlyZero,
  controlValues,
  createSerially,
  createStreams,
  evaluateStep,
  type HostRecord,
  initialSlots,
  initialWeights,
  inputBatch,
  type Objective,
  type Optimizer,
  objectiveOf,
  optimizerOf,
  type Program,
  SandglassError,
  type Scalars,
  type Session,
  type Shape,
  type StateShapes,
  type TensorRecord,
  tensorSource,
  trainStep,
} from '@sandglass/core'
import { cast, type Scalar, scalar, stack, type Tensor, tidy } from '@tensorflow/tfjs-core'
import { prefixedSource } from './prefixed-source'
import { adopt, disposeAll, owned, toHost, toTensors, unshared, withoutNearlyZero } from './tensors'
import { translateError } from './translate-error'
import { uploadBatch, uploadInputs } from './upload'
import { startTfBackend, useTfBackend } from './use-backend'

export interface EagerOptions {
  /** Of the Sandglass backend: `tensorflow-gpu`. */
  readonly id: string
  /** What really computes, for people. */
  readonly device: string
  /** The name under which the backend is registered with tfjs: `tensorflow`. */
  readonly tfBackend: string
}

interface Trained {
  readonly objective: Objective
  readonly optimizer?: Optimizer
  readonly slots: TensorRecord
  iterations: number
}

/**
 * A session whose steps run kernel by kernel on a backend of tfjs. Weights and slots stay on its device. Calls queue,
 * so they may overlap; sessions on several backends of tfjs may live side by side.
 *
 * Evaluation and functions draw from streams of their own, `evaluate/…` and `run/…`, and see averaged weights where an
 * optimizer keeps them.
 */
export async function openEagerSession(program: Program, options: EagerOptions): Promise<Session> {
  const { model, seed, optimizers = {}, metrics = {} } = program
  const { id, device, tfBackend } = options
  checkOptimizers(program)
  await startTfBackend(tfBackend)

  const streams = createStreams(seed)
  const serially = createSerially()
  const weights: TensorRecord = {}
  const trained = new Map<string, Trained>()
  let disposed = false

  /** Runs one synchronous section on this session's backend; nothing that it makes survives, except what it returns. */
  function compute<T extends object>(what: string, work: () => T): T {
    useTfBackend(tfBackend)
    try {
      return tidy(work as never) as T
    } catch (error) {
      throw translateError(error, what)
    }
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

  function find(name: string): Trained {
    return trained.get(objectiveOf(model, name).name)!
  }

  /** Weights to evaluate with; where several objectives average one weight, that of `first` counts. */
  function evaluationWeights(first?: string): TensorRecord {
    const result = { ...weights }
    for (const [name, { objective, slot }] of averagedWeights(program, first))
      result[name] = trained.get(objective)!.slots[slot]!
    return result
  }

  function shapes(): StateShapes {
    const slots = [...trained].filter(([, { optimizer }]) => optimizer)
    return {
      weights: shapesOf(weights),
      slots: Object.fromEntries(slots.map(([name, each]) => [name, shapesOf(each.slots)])),
    }
  }

  const initial = initialWeights(model, seed)
  const startingSlots = model.objectives.map((objective): [Objective, HostRecord] => {
    const optimizer = optimizers[objective.name]
    return [objective, optimizer ? initialSlots(model, objective, optimizer, initial) : {}]
  })
  const made = compute('opening a session', () => ({
    weights: toTensors(initial),
    slots: startingSlots.map(([, slots]) => toTensors(slots)),
  }))
  adopt(weights, made.weights)
  for (const [i, [objective]] of startingSlots.entries()) {
    const each = { objective, optimizer: optimizers[objective.name], slots: {}, iterations: 0 }
    adopt(each.slots, made.slots[i]!)
    trained.set(objective.name, each)
  }

  return {
    backend: { id, device },

    step: ({ objective: name, batch, step, learningRate, controls: given }) =>
      enqueue('train', async () => {
        const each = find(name)
        const { objective, slots } = each
        const optimizer = optimizerOf(program, name, learningRate)
        const values = controlValues(model.controls, given)
        const out = compute(`training "${name}"`, () => {
          const context: Context = {
            training: true,
            random: tensorSource(streams, step),
            controls: scalars(values),
          }
          const result = trainStep(objective, optimizer, metrics, {
            weights,
            slots,
            batch: uploadBatch(batch, objective, model.fields),
            learningRate: scalar(learningRate, 'float32'),
            iteration: scalar(each.iterations + 1, 'float32'),
            context,
          })
          const taken = new Set<Tensor>([...Object.values(weights), ...Object.values(slots)])
          const cleared = clearsNearlyZero(each.iterations + 1)
            ? withoutNearlyZero
            : (made: TensorRecord) => made
          return {
            weights: owned(cleared(result.weights), shapesOf(weights), taken, 'weight'),
            slots: owned(cleared(result.slots), shapesOf(slots), taken, `slot of "${name}"`),
            ...packed(result.scalars),
          }
        })
        try {
          // Read before anything is replaced: a device may report that it failed only now.
          const reported = await read(out)
          if (disposed) throw new SandglassError('backend', 'the session was disposed during a step')
          adopt(weights, out.weights)
          adopt(slots, out.slots)
          each.iterations++
          return reported
        } catch (error) {
          disposeAll(out.weights)
          disposeAll(out.slots)
          throw error
        }
      }),

    evaluate: ({ objective: name, batch, index, controls: given }) =>
      enqueue('evaluate', () => {
        const each = find(name)
        const random = prefixedSource(tensorSource(streams, index), 'evaluate/')
        const values = controlValues(model.controls, given)
        const out = compute(`evaluating "${name}"`, () =>
          packed(
            evaluateStep(each.objective, metrics, {
              weights: evaluationWeights(name),
              batch: uploadBatch(batch, each.objective, model.fields),
              context: { training: false, random, controls: scalars(values) },
            }),
          ),
        )
        return read(out)
      }),

    run: (name, inputs, { size: asked, seed: drawn = seed, draw = 0, first, controls: given } = {}) =>
      enqueue(`run "${name}"`, async () => {
        const target = Object.hasOwn(model.functions, name) ? model.functions[name] : undefined
        if (!target)
          throw new SandglassError('spec', `the model has no function "${name}"`, {
            expected: Object.keys(model.functions).join(', ') || 'none',
          })
        const size = inputBatch(`the function "${name}"`, inputs, target.inputs, asked)
        const random = prefixedSource(tensorSource(createStreams(drawn), draw, first), 'run/')
        const values = controlValues(model.controls, given)
        const outputs = compute(`running "${name}"`, () => {
          const visible = evaluationWeights()
          const context: Context = { training: false, random, controls: scalars(values) }
          const results = target.apply(visible, uploadInputs(inputs), context, size)
          // A function may give back a weight, which must outlive the run.
          const taken = new Set<Tensor>(Object.values(visible))
          return Object.fromEntries(
            Object.entries(results).map(([output, tensor]) => [output, unshared(tensor, taken)]),
          )
        })
        try {
          return await toHost(outputs)
        } finally {
          disposeAll(outputs)
        }
      }),

    state: () =>
      enqueue('read the state', async () => {
        useTfBackend(tfBackend)
        const optimized = [...trained].filter(([, { optimizer }]) => optimizer)
        const [weightValues, ...slotValues] = await Promise.all([
          toHost(weights),
          ...optimized.map(([, { slots }]) => toHost(slots)),
        ])
        return {
          weights: weightValues!,
          slots: Object.fromEntries(optimized.map(([name], i) => [name, slotValues[i]!])),
          iterations: Object.fromEntries(optimized.map(([name, { iterations }]) => [name, iterations])),
        }
      }),

    restore: (state) =>
      enqueue('restore', async () => {
        checkState(state, shapes())
        const restored = Object.entries(state.slots ?? {})
        const made = compute('restoring', () => ({
          weights: toTensors(state.weights ?? {}),
          slots: restored.map(([, slots]) => toTensors(slots)),
        }))
        adopt(weights, made.weights)
        for (const [i, [name]] of restored.entries()) adopt(find(name).slots, made.slots[i]!)
        for (const [name, count] of Object.entries(state.iterations ?? {})) find(name).iterations = count
      }),

    dispose: () => {
      disposed = true
      disposeAll(weights)
      for (const { slots } of trained.values()) disposeAll(slots)
    },
  }
}

/** Values of controls as tensors. Call within `tidy`. */
function scalars(values: Controls): Record<string, Scalar> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, scalar(value, 'float32')]))
}

interface Packed {
  readonly names: readonly string[]
  readonly values: Tensor
}

/** Scalars as one tensor, so that one read fetches them all. */
function packed(scalars: Record<string, Scalar>): Packed {
  return { names: Object.keys(scalars), values: stack(Object.values(scalars).map((s) => cast(s, 'float32'))) }
}

async function read({ names, values }: Packed): Promise<Scalars> {
  try {
    const data = await values.data()
    return Object.fromEntries(names.map((name, i) => [name, data[i]!]))
  } finally {
    values.dispose()
  }
}

function shapesOf(tensors: TensorRecord): Record<string, Shape> {
  return Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, tensor.shape]))
}
