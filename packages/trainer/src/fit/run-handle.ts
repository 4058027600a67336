import { type Attachment, SandglassError, type Session } from '@sandglass/core'
import type { Run } from '../callbacks/callback'
import type { Checkpoint } from '../checkpoint/checkpoint'
import { evaluationWeights, withWeights } from './evaluation-weights'
import type { Loop } from './loop-parts'
import type { Plan } from './plan'
import type { Progress } from './progress'

/** What a run's handle stands on. */
export interface RunHandleParts {
  readonly plan: Plan
  readonly session: Session
  readonly progress: Progress
  readonly fields: Loop['fields']
  /** What was fitted so far; callbacks add to it. */
  readonly fitted: Record<string, Attachment>
  /** The batch of the last update. */
  batch(): Run['batch']
  checkpoint(): Promise<Checkpoint>
}

/** What callbacks see of a run, and may do to it. */
export function createRunHandle(parts: RunHandleParts): Run {
  const { plan, session, progress, fields, fitted, checkpoint } = parts
  return {
    model: plan.model,
    seed: plan.seed,
    epochs: plan.epochs,
    history: progress.history,
    monitor: plan.monitor,
    get train() {
      return fields.train.data
    },
    get validation() {
      return fields.validation?.data
    },
    get batch() {
      return parts.batch()
    },
    get controls() {
      return progress.controls
    },
    stop: (reason) => {
      progress.stopped ??= reason
    },
    weights: async () => evaluationWeights(await session.state(), plan),
    apply: (name, inputs, request) =>
      session.run(name, inputs, { ...request, controls: { ...progress.controls, ...request?.controls } }),
    attach: (name, attachment) => {
      fitted[name] = attachment
    },
    setField: (name, values, part = 'train') => {
      const target = fields[part]
      if (!target)
        throw new SandglassError('data', `the field "${name}" cannot be set: there is no ${part} data`)
      target.set(name, values)
    },
    setWeights: (weights) => session.restore(withWeights(weights, plan)),
    checkpoint,
  }
}
