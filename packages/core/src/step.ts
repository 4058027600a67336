import type { Scalar } from '@tensorflow/tfjs-core'
import type { Context } from './context'
import { countedMean } from './counted-mean'
import { differentiate } from './gradient'
import type { Metric } from './loss'
import type { Objective, ObjectiveResult } from './objective'
import type { Optimizer, OptimizerState } from './optimizer'
import type { TensorRecord } from './tensors'

export interface GradientInput {
  /** All of the model's weights by full name. */
  readonly weights: TensorRecord
  readonly batch: TensorRecord
  readonly context: Context
}

export interface GradientOutput {
  /** Of the loss, in the weights that the objective trains, by full name. */
  readonly gradients: TensorRecord
  /** New values of state weights, by full name. */
  readonly updates: TensorRecord
  /** `loss`, its parts, measures and the metrics. */
  readonly scalars: Record<string, Scalar>
}

export interface UpdateInput {
  /** The weights that the objective trains; others are left aside. */
  readonly weights: TensorRecord
  /** Slots of this objective's optimizer. */
  readonly slots: TensorRecord
  readonly gradients: TensorRecord
  readonly learningRate: Scalar
  /** 1 at the first update. */
  readonly iteration: Scalar
}

export interface StepInput extends GradientInput, Omit<UpdateInput, 'gradients'> {}

export interface StepOutput {
  /** Only the weights that changed. */
  readonly weights: TensorRecord
  readonly slots: TensorRecord
  /** `loss`, its parts, measures and the metrics, all before the update. */
  readonly scalars: Record<string, Scalar>
}

/**
 * The first half of a training step as a pure function of tensors: forward and backward. Its results are means over the
 * batch, so those of several shards of one batch can be averaged before `updateStep`. Call within `tidy`.
 */
export function gradientStep(
  objective: Objective,
  metrics: Readonly<Record<string, Metric>>,
  { weights, batch, context }: GradientInput,
): GradientOutput {
  const { gradients, extra } = differentiate(
    (w) => {
      const result = objective.loss({ ...weights, ...w }, batch, context)
      const scalars = prefixed('scalar:', report(result, metrics))
      return { value: result.total, extra: { ...scalars, ...prefixed('update:', result.updates ?? {}) } }
    },
    trainedOf(objective, weights),
  )
  return {
    gradients,
    updates: unprefixed('update:', extra),
    scalars: unprefixed('scalar:', extra) as Record<string, Scalar>,
  }
}

/** The second half: what the optimizer makes of the gradients. Call within `tidy`. */
export function updateStep(
  objective: Objective,
  optimizer: Optimizer,
  { weights, ...input }: UpdateInput,
): OptimizerState {
  return optimizer.update({ ...input, weights: trainedOf(objective, weights) })
}

/**
 * One training step as a pure function of tensors, both halves. Eager sessions call it; compiled ones trace it once.
 * Call within `tidy`.
 */
export function trainStep(
  objective: Objective,
  optimizer: Optimizer,
  metrics: Readonly<Record<string, Metric>>,
  { weights, slots, batch, learningRate, iteration, context }: StepInput,
): StepOutput {
  const { gradients, updates, scalars } = gradientStep(objective, metrics, { weights, batch, context })
  const updated = updateStep(objective, optimizer, { weights, slots, gradients, learningRate, iteration })
  return { weights: { ...updated.weights, ...updates }, slots: updated.slots, scalars }
}

/** Loss, parts, measures and metrics of a batch without training. Call within `tidy`. */
export function evaluateStep(
  objective: Objective,
  metrics: Readonly<Record<string, Metric>>,
  { weights, batch, context }: GradientInput,
): Record<string, Scalar> {
  return report(objective.loss(weights, batch, context), metrics)
}

function trainedOf({ trains }: Objective, weights: TensorRecord): TensorRecord {
  return Object.fromEntries(trains.map((name) => [name, weights[name]!]))
}

function report(result: ObjectiveResult, metrics: Readonly<Record<string, Metric>>): Record<string, Scalar> {
  const { total, parts, measures, comparison } = result
  const measured = comparison
    ? Object.entries(metrics).map(([name, metric]) => [name, countedMean(metric, comparison)])
    : []
  return { loss: total, ...parts, ...measures, ...Object.fromEntries(measured) }
}

function prefixed(prefix: string, record: TensorRecord): TensorRecord {
  return Object.fromEntries(Object.entries(record).map(([name, tensor]) => [prefix + name, tensor]))
}

function unprefixed(prefix: string, record: TensorRecord): TensorRecord {
  return Object.fromEntries(
    Object.entries(record)
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, tensor]) => [name.slice(prefix.length), tensor]),
  )
}
