import type { Scalar } from '@tensorflow/tfjs-core'
import type { Context } from './context'
import { countedMean } from './counted-mean'
import { differentiate } from './gradient'
import type { Metric } from './loss'
import type { Objective, ObjectiveResult } from './objective'
import type { Optimizer } from './optimizer'
import type { TensorRecord } from './tensors'

export interface StepInput {
  /** All of the model's weights by full name. */
  readonly weights: TensorRecord
  /** Slots of this objective's optimizer. */
  readonly slots: TensorRecord
  readonly batch: TensorRecord
  readonly learningRate: Scalar
  /** 1 at the first update. */
  readonly iteration: Scalar
  readonly context: Context
}

export interface StepOutput {
  /** Only the weights that changed. */
  readonly weights: TensorRecord
  readonly slots: TensorRecord
  /** `loss`, its parts, measures and the metrics, all before the update. */
  readonly scalars: Record<string, Scalar>
}

/**
 * One training step as a pure function of tensors: forward, backward, update. Eager sessions call it; compiled ones
 * trace it once. Call within `tidy`.
 */
export function trainStep(
  objective: Objective,
  optimizer: Optimizer,
  metrics: Readonly<Record<string, Metric>>,
  { weights, slots, batch, learningRate, iteration, context }: StepInput,
): StepOutput {
  const trained = Object.fromEntries(objective.trains.map((name) => [name, weights[name]!]))
  const { gradients, extra } = differentiate((w) => {
    const result = objective.loss({ ...weights, ...w }, batch, context)
    const scalars = prefixed('scalar:', report(result, metrics))
    return { value: result.total, extra: { ...scalars, ...prefixed('update:', result.updates ?? {}) } }
  }, trained)
  const updated = optimizer.update({ weights: trained, slots, gradients, learningRate, iteration })
  return {
    weights: { ...updated.weights, ...unprefixed('update:', extra) },
    slots: updated.slots,
    scalars: unprefixed('scalar:', extra) as Record<string, Scalar>,
  }
}

/** Loss, parts, measures and metrics of a batch without training. Call within `tidy`. */
export function evaluateStep(
  objective: Objective,
  metrics: Readonly<Record<string, Metric>>,
  { weights, batch, context }: Pick<StepInput, 'weights' | 'batch' | 'context'>,
): Record<string, Scalar> {
  return report(objective.loss(weights, batch, context), metrics)
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
