import {
  type Context,
  evaluateStep,
  gradientStep,
  type Metric,
  type Model,
  type ModelFunction,
  type Objective,
  type Optimizer,
  type RandomSource,
  type TensorRecord,
  trainedShapes,
  trainStep,
  updateStep,
} from '@sandglass/core'
import { cast, type Scalar } from '@tensorflow/tfjs-core'
import type { Graph } from '../graph/graph'
import { type InputDeclaration, trace } from '../trace/trace'

// Names in the graphs of a session: `weight/…`, `slot/…`, `batch/…`, `control/…` in; `next/weight/…`, `next/slot/…`,
// `scalar/…` out. Between the halves of a step: `gradient/…`, `update/…`.
export const WEIGHT = 'weight/'
export const SLOT = 'slot/'
export const BATCH = 'batch/'
export const NEXT = 'next/'
export const SCALAR = 'scalar/'
export const CONTROL = 'control/'
export const GRADIENT = 'gradient/'
export const UPDATE = 'update/'
export const LEARNING_RATE = 'learningRate'
export const ITERATION = 'iteration'

/** Shapes of a batch's fields, the batch included. */
export type BatchShapes = Readonly<Record<string, readonly number[]>>

/** A whole training step, forward, backward and update, as a graph. */
export function trainGraph(
  model: Model,
  objective: Objective,
  optimizer: Optimizer,
  metrics: Readonly<Record<string, Metric>>,
  batch: BatchShapes,
): Graph {
  const slots = optimizer.slots(trainedShapes(model, objective))
  return trace(
    (inputs, random) => {
      const step = trainStep(objective, optimizer, metrics, {
        weights: under(inputs, WEIGHT),
        slots: under(inputs, SLOT),
        batch: under(inputs, BATCH),
        learningRate: inputs[LEARNING_RATE] as Scalar,
        iteration: inputs[ITERATION] as Scalar,
        context: { training: true, random, controls: controlsOf(inputs) },
      })
      return {
        ...prefixed(NEXT + WEIGHT, step.weights),
        ...prefixed(NEXT + SLOT, step.slots),
        ...prefixed(SCALAR, floats(step.scalars)),
      }
    },
    {
      ...prefixed(WEIGHT, model.weights),
      ...prefixed(SLOT, slots),
      ...prefixed(BATCH, declarations(batch)),
      ...controlInputs(model),
      [LEARNING_RATE]: { shape: [] },
      [ITERATION]: { shape: [] },
    },
  )
}

/** The first half of a step: gradients, new values of state weights, and scalars. */
export function gradientGraph(
  model: Model,
  objective: Objective,
  metrics: Readonly<Record<string, Metric>>,
  batch: BatchShapes,
): Graph {
  return trace(
    (inputs, random) => {
      const half = gradientStep(objective, metrics, {
        weights: under(inputs, WEIGHT),
        batch: under(inputs, BATCH),
        context: { training: true, random, controls: controlsOf(inputs) },
      })
      return {
        ...prefixed(GRADIENT, half.gradients),
        ...prefixed(UPDATE, half.updates),
        ...prefixed(SCALAR, floats(half.scalars)),
      }
    },
    {
      ...prefixed(WEIGHT, model.weights),
      ...prefixed(BATCH, declarations(batch)),
      ...controlInputs(model),
    },
  )
}

/** The second half: what the optimizer makes of the gradients. */
export function updateGraph(model: Model, objective: Objective, optimizer: Optimizer): Graph {
  const shapes = trainedShapes(model, objective)
  return trace(
    (inputs) => {
      const { weights, slots } = updateStep(objective, optimizer, {
        weights: under(inputs, WEIGHT),
        slots: under(inputs, SLOT),
        gradients: under(inputs, GRADIENT),
        learningRate: inputs[LEARNING_RATE] as Scalar,
        iteration: inputs[ITERATION] as Scalar,
      })
      return { ...prefixed(NEXT + WEIGHT, weights), ...prefixed(NEXT + SLOT, slots) }
    },
    {
      ...prefixed(WEIGHT, declarations(shapes)),
      ...prefixed(SLOT, optimizer.slots(shapes)),
      ...prefixed(GRADIENT, declarations(shapes)),
      [LEARNING_RATE]: { shape: [] },
      [ITERATION]: { shape: [] },
    },
  )
}

/** Loss, parts and metrics of a batch as a graph. */
export function evaluateGraph(
  model: Model,
  objective: Objective,
  metrics: Readonly<Record<string, Metric>>,
  batch: BatchShapes,
): Graph {
  return trace(
    (inputs, random) =>
      prefixed(
        SCALAR,
        floats(
          evaluateStep(objective, metrics, {
            weights: under(inputs, WEIGHT),
            batch: under(inputs, BATCH),
            context: { training: false, random, controls: controlsOf(inputs) },
          }),
        ),
      ),
    {
      ...prefixed(WEIGHT, model.weights),
      ...prefixed(BATCH, declarations(batch)),
      ...controlInputs(model),
    },
  )
}

/** One of a model's functions as a graph; inputs and outputs keep their own names. */
export function functionGraph(model: Model, { inputs, apply }: ModelFunction, batch: number): Graph {
  const shapes = Object.fromEntries(Object.entries(inputs).map(([name, shape]) => [name, [batch, ...shape]]))
  return trace(
    (tensors, random: RandomSource) => {
      const context: Context = { training: false, random, controls: controlsOf(tensors) }
      return apply(under(tensors, WEIGHT), under(tensors, BATCH), context, batch)
    },
    {
      ...prefixed(WEIGHT, model.weights),
      ...prefixed(BATCH, declarations(shapes)),
      ...controlInputs(model),
    },
  )
}

function controlInputs({ controls = {} }: Model): Record<string, InputDeclaration> {
  return Object.fromEntries(Object.keys(controls).map((name) => [CONTROL + name, { shape: [] }]))
}

function controlsOf(inputs: TensorRecord): Record<string, Scalar> {
  return under(inputs, CONTROL) as Record<string, Scalar>
}

/** What is reported may be counted in integers. */
function floats(scalars: TensorRecord): TensorRecord {
  return Object.fromEntries(Object.entries(scalars).map(([name, value]) => [name, cast(value, 'float32')]))
}

function declarations(shapes: BatchShapes): Record<string, InputDeclaration> {
  return Object.fromEntries(Object.entries(shapes).map(([name, shape]) => [name, { shape }]))
}

function prefixed<T>(prefix: string, record: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [prefix + name, value]))
}

function under(inputs: TensorRecord, prefix: string): TensorRecord {
  return Object.fromEntries(
    Object.entries(inputs)
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, tensor]) => [name.slice(prefix.length), tensor]),
  )
}
