import type { TrainingState } from './backend'
import type { Batch } from './batch'
import type { Controls } from './control'
import type { ModelFunction } from './network'
import type { Objective } from './objective'
import type { Optimizer } from './optimizer'
import type { Draws } from './random/draws'
import type { HostRecord, Scalars } from './tensors'
import type { AveragedWeights } from './training-state'

// What backends add to the session that all of them share: names are found, numbers checked, calls one at a time.

/** A batch and the place of its random numbers. */
export interface EngineBatch {
  readonly batch: Batch
  readonly step: number
  /** Place of its first sample in the batch that all shards make up. */
  readonly first: number
  readonly draws: Draws
}

export interface EngineStep extends EngineBatch {
  readonly objective: Objective
  readonly optimizer: Optimizer
  readonly controls: Controls
  readonly learningRate: number
  /** 1 at the first update of this objective. */
  readonly iteration: number
  /** The step that will follow, where that is known. */
  readonly next?: EngineBatch & { readonly objective: string }
}

/** What one half of a step hands to the other. */
export interface HalfStep {
  readonly gradients: HostRecord
  /** New values of state weights. */
  readonly updates: HostRecord
  readonly scalars: Scalars
}

export interface EngineEvaluation {
  readonly objective: Objective
  readonly batch: Batch
  readonly controls: Controls
  readonly draws: Draws
  readonly averages: AveragedWeights
}

export interface EngineRun {
  readonly name: string
  readonly target: ModelFunction
  /** Shapes include the batch, and are checked. */
  readonly inputs: HostRecord
  readonly size: number
  readonly controls: Controls
  readonly draws: Draws
  readonly averages: AveragedWeights
}

/** Weights, and slots by objective. */
export type EngineState = Pick<TrainingState, 'weights' | 'slots'>

/** What computes. Where a call fails, nothing has changed. No array that goes in or out is kept. */
export interface Engine {
  /** One update. */
  step(step: EngineStep): Promise<Scalars>
  /** The first half of it, which changes nothing. What it gives may be overwritten by the next call. */
  gradients(step: EngineStep): Promise<HalfStep>
  /** The second half of it, with these gradients and updates. */
  update(step: EngineStep, half: Pick<HalfStep, 'gradients' | 'updates'>): Promise<void>
  evaluate(evaluation: EngineEvaluation): Promise<Scalars>
  run(run: EngineRun): Promise<HostRecord>
  read(): Promise<EngineState>
  /** Replaces what is given, which is checked. */
  write(state: Partial<EngineState>): Promise<void>
  dispose(): void | Promise<void>
}
