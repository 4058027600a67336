import { compiler } from '@sandglass/compiler'
import {
  autoencoder,
  type Batch,
  core,
  createRegistry,
  createStreams,
  type HostRecord,
  type Model,
  type Objective,
  type Program,
  type Session,
  type Shape,
  type Spec,
  sizeOf,
} from '@sandglass/core'
import { regularizers } from '@sandglass/regularizers'
import { tasks } from '@sandglass/tasks'
import { trainer } from '@sandglass/trainer'
import { mean, type Scalar } from '@tensorflow/tfjs-core'

// What the tests share that hold eager and compiled training against each other.

export const registry = createRegistry([core, regularizers, tasks, trainer, compiler])

export type AutoencoderOptions = Parameters<typeof autoencoder>[0]

export interface ParityCase {
  readonly model: AutoencoderOptions
  /** A model of another type, in place of that autoencoder. */
  readonly spec?: Spec
  /** Shapes of the batch's fields. */
  readonly fields: Readonly<Record<string, Shape>>
  readonly optimizer?: unknown
  readonly learningRate?: number
  readonly steps?: number
  readonly batch?: number
  /** Values of fields are spread over [low, high). */
  readonly range?: readonly [low: number, high: number]
  /** Fields that hold whole numbers below this. */
  readonly classes?: Readonly<Record<string, number>>
  /** A loss between the field `label` and the output, in place of the model's own. */
  readonly labelLoss?: string
}

/** A program of one model. */
export function programOf(one: ParityCase, seed = 11): Program {
  const { model, spec = autoencoder(model), fields, optimizer = 'sgd', labelLoss } = one
  const built = registry.build('model', spec, { registry, fields })
  const metric = spec.type === 'classifier' ? 'sparseCategoricalAccuracy' : 'meanAbsoluteError'
  return {
    model: labelLoss ? comparingLabels(built, labelLoss) : built,
    seed,
    optimizers: Object.fromEntries(
      built.objectives.map(({ name }) => [name, registry.build('optimizer', optimizer)]),
    ),
    metrics: labelLoss ? {} : { metric: registry.build('metric', metric) },
  }
}

/** Its only objective. */
export function objectiveOf({ spec }: ParityCase): string {
  return spec?.type === 'classifier' ? 'classification' : 'reconstruction'
}

function comparingLabels(model: Model, type: string): Model {
  const loss = registry.build('loss', type)
  const objective: Objective = {
    ...model.objectives[0]!,
    fields: { input: 'required', label: 'required' },
    loss: (weights, { input, label }, context) => {
      const { output } = model.functions.reconstruct!.apply(weights, { input: input! }, context)
      const comparison = { target: label!, output: output! }
      const total = mean(loss(comparison)) as Scalar
      return { total, parts: { reconstruction: total }, comparison }
    },
  }
  return { ...model, objectives: [objective] }
}

/** Batches that depend on nothing but the step. */
export function batchAt(
  { fields, batch = 4, range: [low, high] = [0.05, 0.95], classes = {} }: ParityCase,
  step: number,
): Batch {
  const streams = createStreams(5)
  return {
    size: batch,
    fields,
    fill: (field, out) => {
      if (out.length !== batch * sizeOf(fields[field]!)) throw new Error('a buffer of the wrong size')
      // A few batches in turn, so that there is something to learn.
      const stream = streams.at(`data/${field}`, step % 4)
      const count = classes[field]
      const values = stream.uniform(
        new Float32Array(out.length),
        ...(count === undefined ? [low, high] : [0, count]),
      )
      out.set(count === undefined ? values : values.map(Math.floor))
    },
  }
}

export interface Training {
  readonly losses: number[]
  readonly weights: HostRecord
}

/** Trains for some steps, and reads the weights. */
export async function train(
  session: Session,
  one: ParityCase,
  from = 0,
  to = one.steps ?? 5,
): Promise<Training> {
  const losses: number[] = []
  for (let step = from; step < to; step++) {
    const scalars = await session.step({
      objective: objectiveOf(one),
      batch: batchAt(one, step),
      step,
      learningRate: one.learningRate ?? 0.05,
    })
    losses.push(scalars.loss!)
  }
  return { losses, weights: (await session.state()).weights }
}

export interface Differences {
  /** Largest difference of a loss, relative to the loss or, if that is larger, to 1e-3. */
  readonly loss: number
  /** Largest difference of a weight, relative to the larger of 1 and the largest of its tensor. */
  readonly weight: number
  readonly where: string
}

/** How far two trainings are apart. Throws when one is not finite, or nothing was learned. */
export function differencesOf(actual: Training, expected: Training): Differences {
  let loss = 0
  expected.losses.forEach((value, i) => {
    const got = actual.losses[i]!
    if (!Number.isFinite(value) || !Number.isFinite(got)) throw new Error(`loss ${i}: ${got} and ${value}`)
    loss = Math.max(loss, Math.abs(got - value) / Math.max(Math.abs(value), 1e-3))
  })
  let weight = 0
  let where = ''
  for (const [name, { data }] of Object.entries(expected.weights)) {
    const got = actual.weights[name]!.data
    const scale = (data as Float32Array).reduce((most, x) => Math.max(most, Math.abs(x)), 1)
    data.forEach((value, i) => {
      const difference = Math.abs(got[i]! - value) / scale
      if (!(difference <= weight)) {
        weight = difference
        where = `${name}[${i}]: ${got[i]} and ${value}`
      }
    })
  }
  return { loss, weight, where }
}

/** Throws unless two trainings agree: losses within 1e-4, weights within 1e-3. */
export function expectParity(actual: Training, expected: Training): void {
  const { loss, weight, where } = differencesOf(actual, expected)
  if (!(loss <= 1e-4) || !(weight <= 1e-3))
    throw new Error(
      `compiled and eager training differ: losses by ${loss.toExponential(1)}, weights by ${weight.toExponential(1)} (${where})\n` +
        `compiled ${actual.losses.join(' ')}\neager    ${expected.losses.join(' ')}`,
    )
}
