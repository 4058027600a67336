import type { Backend, Splits } from '@sandglass/core'
import type { BackendChoice, FitResult } from '@sandglass/trainer'
import type { RunOptions } from './run-options'
import type { RunPlan } from './run-plan'
import type { EarlierTraining } from './warm-start'

/** A run whose training has ended. */
export interface Finished {
  readonly plan: RunPlan
  readonly options: RunOptions
  readonly result: FitResult
  readonly data: Splits
  readonly trainings?: readonly EarlierTraining[]
  readonly provenance: string
  readonly backend: Backend
  readonly choice?: BackendChoice
  readonly started: number
}
