import {
  positive,
  type Registry,
  SandglassError,
  type Schedule,
  type ScheduleProgress,
  type ScheduleSpec,
  type Spec,
  scheduleSpec,
} from '@sandglass/core'
import { z } from 'zod'
import { scheduled } from './scheduled'

/** Schema of an option that is a learning rate: a positive number, or the spec of a schedule. */
export const learningRateSpec = (): z.ZodType<number | { type: string }, number | ScheduleSpec> =>
  z.union([positive, scheduleSpec()], { error: 'expected a positive number or a schedule' })

/** A learning rate as an optimizer holds it. */
export type LearningRate = number | Spec

/**
 * Builds the schedule of an optimizer, or of the learning rate itself; a number is the same throughout. Build it
 * once a run and call it before every step.
 *
 * The schedule throws `SandglassError` (`numeric`) when it gives anything but a finite number of at least 0.
 */
export function scheduleOf(
  source: LearningRate | { readonly learningRate: LearningRate },
  registry: Registry,
): Schedule {
  const rate = typeof source === 'object' && 'learningRate' in source ? source.learningRate : source
  const schedule = scheduled(rate, registry)
  if (typeof rate === 'number') return schedule
  const checked: Schedule = (progress) => {
    const value = schedule(progress)
    if (Number.isFinite(value) && value >= 0) return value
    throw new SandglassError(
      'numeric',
      `schedule "${rate.type}" gave no usable learning rate at step ${progress.step}`,
      {
        got: String(value),
        expected: 'a finite number of at least 0',
      },
    )
  }
  return Object.assign(checked, { monitors: schedule.monitors })
}

/** The learning rate of an optimizer, or of a learning-rate option, at some point of a run; see `scheduleOf`. */
export function learningRateAt(
  source: LearningRate | { readonly learningRate: LearningRate },
  registry: Registry,
  progress: ScheduleProgress,
): number {
  return scheduleOf(source, registry)(progress)
}
