import { constantSchedule } from './constant'
import { cosineSchedule } from './cosine'
import { exponentialSchedule } from './exponential'
import { piecewiseSchedule } from './piecewise'
import { plateauSchedule } from './plateau'
import { stepSchedule } from './step'
import { type WarmUpOptions, warmUpSchedule } from './warm-up'

export { type LearningRate, learningRateAt, learningRateSpec, scheduleOf } from './learning-rate'
export type { WarmUpOptions }
export {
  constantSchedule,
  cosineSchedule,
  exponentialSchedule,
  piecewiseSchedule,
  plateauSchedule,
  stepSchedule,
  warmUpSchedule,
}

export const schedules = [
  constantSchedule,
  cosineSchedule,
  exponentialSchedule,
  piecewiseSchedule,
  plateauSchedule,
  stepSchedule,
  warmUpSchedule,
] as const
