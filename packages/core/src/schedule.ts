import type { Registry } from './registry'
import type { Scalars } from './tensors'
import type { Monitored } from './training'

/** How far a run has come: all that a scheduled number may depend on. */
export interface ScheduleProgress {
  /** For a learning rate the updates of its objective done so far, for a control the batches: 0 at the first. */
  readonly step: number
  /** Epochs completed: 0 in the first. */
  readonly epoch: number
  readonly stepsPerEpoch: number
  /** Of the whole run. */
  readonly totalSteps: number
  /** What was reported of each completed epoch, oldest first. */
  readonly history: readonly Readonly<Scalars>[]
  /** The figure by which the run is judged. */
  readonly monitor: Monitored
}

/**
 * A number at some point of a run: a learning rate, a control. Pure: whatever a schedule seems to remember it derives
 * from the history, so that a resumed run goes on as if never stopped.
 */
export interface Schedule {
  (progress: ScheduleProgress): number
  /** Names of the history that it reads, told the figure by which the run is judged. */
  monitors?(monitored: string): readonly string[]
}

/** What a schedule may need to be built: the registry, for schedules within schedules. */
export interface ScheduleSite {
  readonly registry: Registry
}

declare module './kinds' {
  interface Kinds {
    schedule: { built: Schedule; site: ScheduleSite }
  }
}
