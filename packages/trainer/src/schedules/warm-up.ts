import {
  controlSpec,
  type Definition,
  define,
  positive,
  positiveInt,
  SandglassError,
  type Schedule,
  type ScheduleProgress,
  type ScheduleSpec,
  type Spec,
} from '@sandglass/core'
import { z } from 'zod'
import { scheduled } from './scheduled'

export interface WarmUpOptions {
  /** Length of the warm-up; either this or `epochs`. */
  steps?: number
  /** Length of the warm-up, fractions allowed. */
  epochs?: number
  /** Value at step 0. Default 0. */
  from?: number
  /** What it rises to and then follows: a number or a schedule. */
  to: number | ScheduleSpec
}

// Annotated, because a schedule within a schedule is a type that refers to itself.
type WarmUp = ((options: WarmUpOptions) => Spec<'warmUp'> & Readonly<WarmUpOptions>) & Definition<'schedule'>

/**
 * Goes linearly from `from` to the first value of `to`, `from + (first − from) · step / steps`, as the
 * warm-up of Keras's CosineDecay. Then follows `to`, for which the run begins only where the warm-up ends: its step
 * and epoch 0 are there, and epochs that began during the warm-up are no part of its history.
 *
 * Throws `SandglassError` (`spec`) unless exactly one of `steps` and `epochs` is given.
 */
export const warmUpSchedule: WarmUp = define('schedule', {
  type: 'warmUp',
  description: 'goes linearly to where another schedule begins, then follows it',
  aliases: { type: ['linearWarmup', 'linearLr'] },
  schema: z.strictObject({
    steps: positiveInt.optional(),
    epochs: positive.optional(),
    from: z.number().default(0),
    to: controlSpec(),
  }),
  build: ({ steps, epochs, from, to }, { registry }) => {
    if ((steps === undefined) === (epochs === undefined))
      throw new SandglassError('spec', 'warmUp: the length of the warm-up is not clear', {
        got: steps === undefined ? 'neither steps nor epochs' : 'both steps and epochs',
        expected: 'one of the two',
      })
    const following = scheduled(to, registry)
    const schedule: Schedule = (progress) => {
      const length = steps ?? Math.max(1, Math.round(epochs! * progress.stepsPerEpoch))
      const rest = after(length, progress)
      const rate = following(rest)
      return progress.step < length ? from + (rate - from) * (progress.step / length) : rate
    }
    return Object.assign(schedule, { monitors: following.monitors })
  },
})

/** The same point of the run, counted from `length` steps on. Before that point: the beginning. */
function after(length: number, progress: ScheduleProgress): ScheduleProgress {
  const rest = Math.max(0, progress.step - length)
  return {
    step: rest,
    // Looked up when asked for: a stream whose size is not known has no length yet.
    get epoch() {
      return Math.floor(rest / progress.stepsPerEpoch)
    },
    get stepsPerEpoch() {
      return progress.stepsPerEpoch
    },
    get totalSteps() {
      return Math.max(0, progress.totalSteps - length)
    },
    get history() {
      const { history } = progress
      return history.length ? history.slice(Math.ceil(length / progress.stepsPerEpoch)) : history
    },
    monitor: progress.monitor,
  }
}
