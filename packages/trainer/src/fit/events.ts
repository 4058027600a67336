import type { Controls, Monitored, ProcedureEvent, Scalars } from '@sandglass/core'
import type { HistoryEntry } from './history'

/** Why a run ended: every epoch was done, its signal was aborted, or a callback asked for it (its reason). */
export type StopReason = 'completed' | 'aborted' | (string & {})

export interface StartEvent {
  readonly type: 'start'
  readonly backend: { readonly id: string; readonly device: string }
  readonly seed: number
  readonly epochs: number
  /** Batches in an epoch, the smaller last one included. Undefined for a stream whose size is not known yet. */
  readonly batches?: number
  /** Undefined for a stream whose size is not known. */
  readonly samples?: number
  /** 0 without validation; undefined for a stream whose size is not known. */
  readonly validationSamples?: number
  /** The figure by which the run is judged. */
  readonly monitor: Monitored
  /** Updates done before this run, when it goes on from a checkpoint. */
  readonly resumedAt?: number
}

/** After each update. */
export interface StepEvent {
  readonly type: 'step'
  /** From 1. */
  readonly epoch: number
  /** Batch of the epoch, from 1. */
  readonly batch: number
  /** Updates done so far in the whole run. */
  readonly step: number
  readonly objective: string
  /** Loss, parts and metrics of this batch before the update. */
  readonly scalars: Readonly<Scalars>
  readonly learningRate: number
  /** Values of the model's controls in this update. */
  readonly controls: Controls
}

/** After each epoch and its validation. */
export interface EpochEvent {
  readonly type: 'epoch'
  /** From 1. */
  readonly epoch: number
  /** Updates done so far in the whole run. */
  readonly step: number
  readonly entry: HistoryEntry
  /** Wall-clock time, validation included; of what this process did of the epoch. */
  readonly seconds: number
  /** Updates a second of this epoch, without validation. */
  readonly stepsPerSecond: number
}

export interface EndEvent {
  readonly type: 'end'
  readonly stopped: StopReason
  readonly step: number
  readonly history: readonly HistoryEntry[]
  readonly stepsPerSecond: number
}

/** What a run tells of itself while it goes on; `progress` is of the procedure performed at its start. */
export type FitEvent = StartEvent | ProcedureEvent | StepEvent | EpochEvent | EndEvent
