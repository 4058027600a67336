import { type Registry, type Scalars, type ScheduleSpec, specRef } from '@sandglass/core'
import type { z } from 'zod'
import type { Monitored } from '../callbacks/monitor'

/** How far a run has come: all that a learning rate may depend on. */
export interface Progress {
  /** Updates done so far: 0 at the first. */
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
 * The learning rate at some point of a run. Pure: whatever a schedule seems to remember it derives from the history,
 * so that a resumed run goes on as if never stopped.
 */
export interface Schedule {
  (progress: Progress): number
  /** Names of the history that it reads, told the figure by which the run is judged. */
  monitors?(monitored: string): readonly string[]
}

/** What a schedule may need to be built: the registry, for schedules within schedules. */
export interface ScheduleSite {
  readonly registry: Registry
}

/** Schema of an option that is a schedule. */
export const scheduleSpec = (): z.ZodType<{ type: string }, ScheduleSpec> => specRef('schedule')
