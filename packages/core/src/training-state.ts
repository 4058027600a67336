import type { Program, TrainingState } from './backend'
import { SandglassError } from './errors'
import { initialWeights } from './initial-weights'
import type { Model } from './model'
import type { Objective } from './objective'
import type { Optimizer } from './optimizer'
import { type Shape, type Shapes, sameShape, showShape, sizeOf } from './shape'
import type { HostRecord } from './tensors'

// What every session must do alike, whatever it runs on: states go from one to another.

/** Throws `SandglassError` when a program has an optimizer for an objective that its model lacks. */
export function checkOptimizers({ model, optimizers = {} }: Program): void {
  const unknown = Object.keys(optimizers).find((name) => !model.objectives.some((o) => o.name === name))
  if (unknown === undefined) return
  throw new SandglassError(
    'spec',
    `there is an optimizer for "${unknown}", which is no objective of the model`,
    { expected: model.objectives.map((o) => o.name).join(', ') || 'none' },
  )
}

/** The objective of this name. Throws `SandglassError` when there is none. */
export function objectiveOf({ objectives }: Model, name: string): Objective {
  const found = objectives.find((objective) => objective.name === name)
  if (found) return found
  throw new SandglassError('spec', `the model has no objective "${name}"`, {
    expected: objectives.map((o) => o.name).join(', ') || 'none',
  })
}

/**
 * The optimizer of an objective, for one step at this learning rate. Throws `SandglassError` when there is none, or the
 * rate is not finite.
 */
export function optimizerOf({ optimizers = {} }: Program, name: string, learningRate: number): Optimizer {
  const optimizer = Object.hasOwn(optimizers, name) ? optimizers[name] : undefined
  if (!optimizer)
    throw new SandglassError('spec', `the objective "${name}" has no optimizer to train it with`, {
      advice: 'Give the session one under that name.',
    })
  if (!Number.isFinite(learningRate))
    throw new SandglassError('numeric', 'the learning rate is not finite', { got: String(learningRate) })
  return optimizer
}

/** Shapes of the weights that an objective trains, by full name. */
export function trainedShapes(model: Model, { trains }: Objective): Record<string, Shape> {
  return Object.fromEntries(trains.map((name) => [name, model.weights[name]!.shape]))
}

/** A slot that holds the average of a weight. */
export interface AveragedSlot {
  readonly objective: string
  readonly weight: string
  readonly slot: string
}

/** All slots that hold averages of weights, in the order of the objectives. */
export function averagedSlots({
  model,
  optimizers = {},
}: Pick<Program, 'model' | 'optimizers'>): AveragedSlot[] {
  return model.objectives.flatMap((objective) => {
    const optimizer = optimizers[objective.name]
    if (optimizer?.averaged === undefined) return []
    const shapes = trainedShapes(model, objective)
    const slots = optimizer.slots(shapes)
    return Object.keys(shapes)
      .map((weight) => ({ objective: objective.name, weight, slot: `${optimizer.averaged}/${weight}` }))
      .filter(({ slot }) => Object.hasOwn(slots, slot))
  })
}

/** By weight, the objective and slot that hold its average. */
export type AveragedWeights = ReadonlyMap<string, AveragedSlot>

/**
 * Which weights evaluation and functions see averaged. Where several objectives average one weight, that of `first`
 * counts, else that of the last.
 */
export function averagedWeights(
  program: Pick<Program, 'model' | 'optimizers'>,
  first?: string,
): AveragedWeights {
  const slots = averagedSlots(program)
  const own = slots.filter(({ objective }) => objective === first)
  return new Map([...slots, ...own].map((each) => [each.weight, each]))
}

/** The weights and slots that a program starts with. Throws `SandglassError` as `initialSlots` does. */
export function initialState({
  model,
  seed,
  optimizers = {},
}: Program): Pick<TrainingState, 'weights' | 'slots'> {
  const weights = initialWeights(model, seed)
  const trained = model.objectives.filter(({ name }) => Object.hasOwn(optimizers, name))
  const slots = trained.map((objective) => [
    objective.name,
    initialSlots(model, objective, optimizers[objective.name]!, weights),
  ])
  return { weights, slots: Object.fromEntries(slots) }
}

/**
 * The slots that an optimizer starts with for an objective's weights. Throws `SandglassError` when one is to start as
 * a copy of something that is not a weight of its shape.
 */
export function initialSlots(
  model: Model,
  objective: Objective,
  optimizer: Optimizer,
  weights: HostRecord,
): HostRecord {
  return Object.fromEntries(
    Object.entries(optimizer.slots(trainedShapes(model, objective))).map(([name, { shape, initial }]) => {
      if (typeof initial === 'number')
        return [name, { shape, data: new Float32Array(sizeOf(shape)).fill(initial) }]
      return [name, { shape, data: copyOf(name, initial.copyOf, shape, weights) }]
    }),
  )
}

function copyOf(slot: string, name: string, shape: Shape, weights: HostRecord): Float32Array {
  const weight = weights[name]
  if (!weight || !sameShape(weight.shape, shape))
    throw new SandglassError('spec', `the optimizer starts its slot "${slot}" as a copy of "${name}"`, {
      got: weight ? `a weight of ${showShape(weight.shape)}` : 'no such weight',
      expected: `a weight of ${showShape(shape)}`,
    })
  return Float32Array.from(weight.data)
}

/** Shapes of all that a session holds: weights, and slots by objective. */
export interface StateShapes {
  readonly weights: Shapes
  readonly slots: Readonly<Record<string, Shapes>>
}

export function stateShapes({ weights, slots }: Pick<TrainingState, 'weights' | 'slots'>): StateShapes {
  const shapesOf = (record: HostRecord): Shapes =>
    Object.fromEntries(Object.entries(record).map(([name, { shape }]) => [name, shape]))
  return {
    weights: shapesOf(weights),
    slots: Object.fromEntries(Object.entries(slots).map(([name, own]) => [name, shapesOf(own)])),
  }
}

/** Throws `SandglassError` unless every part of `state` belongs to a session of these shapes. */
export function checkState(state: Partial<TrainingState>, { weights, slots }: StateShapes): void {
  checkRecord(state.weights ?? {}, weights, 'weight')
  for (const [objective, record] of Object.entries(state.slots ?? {}))
    checkRecord(record, slotsOf(objective, slots), `slot of "${objective}"`)
  for (const [objective, count] of Object.entries(state.iterations ?? {})) {
    slotsOf(objective, slots)
    if (!Number.isSafeInteger(count) || count < 0)
      throw new SandglassError('data', `the iterations of "${objective}" cannot be restored`, {
        got: String(count),
        expected: 'an integer from 0 up',
      })
  }
}

function slotsOf(objective: string, slots: StateShapes['slots']): Shapes {
  const found = Object.hasOwn(slots, objective) ? slots[objective] : undefined
  if (found) return found
  throw new SandglassError('data', `the state is of an objective "${objective}", which is not trained here`, {
    expected: Object.keys(slots).join(', ') || 'no objective',
  })
}

function checkRecord(record: HostRecord, shapes: Shapes, what: string): void {
  for (const [name, { shape, data }] of Object.entries(record)) {
    const expected = Object.hasOwn(shapes, name) ? shapes[name] : undefined
    if (!expected)
      throw new SandglassError('data', `there is no ${what} named "${name}"`, {
        expected: Object.keys(shapes).join(', ') || 'none',
      })
    if (!sameShape(shape, expected))
      throw new SandglassError('shape', `the ${what} "${name}" has another shape`, {
        got: showShape(shape),
        expected: showShape(expected),
      })
    if (data.length !== sizeOf(shape))
      throw new SandglassError('shape', `the ${what} "${name}" does not fill its shape`, {
        got: `${data.length} numbers`,
        expected: `${sizeOf(shape)} for ${showShape(shape)}`,
      })
  }
}
