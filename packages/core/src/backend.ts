import type { Batch } from './batch'
import type { Collective } from './collective'
import type { Controls } from './control'
import type { Anywhere } from './kinds'
import type { Metric } from './loss'
import type { Model } from './model'
import type { Optimizer } from './optimizer'
import type { HostRecord, Scalars } from './tensors'

/** Whether a backend can run here. */
export type Probe =
  | {
      readonly available: true
      readonly device: string
      /** The device is emulated on the CPU, as SwiftShader emulates a GPU: `auto` takes it last. */
      readonly software?: boolean
    }
  | { readonly available: false; readonly reason: string; readonly advice: string }

/** What a session is to run. */
export interface Program {
  readonly model: Model
  readonly seed: number
  /** By objective name; absent when nothing will be trained. */
  readonly optimizers?: Readonly<Record<string, Optimizer>>
  /** By the name under which each is reported. */
  readonly metrics?: Readonly<Record<string, Metric>>
  /** Joins the sessions that train this program together; the batches given to one are then its shards. */
  readonly collective?: Collective
}

/** All that training changes. */
export interface TrainingState {
  /** By full name. */
  readonly weights: HostRecord
  /** By objective, then slot name. */
  readonly slots: Readonly<Record<string, HostRecord>>
  /** Updates done so far, by objective. */
  readonly iterations: Readonly<Record<string, number>>
}

export interface StepRequest {
  readonly objective: string
  readonly batch: Batch
  /** Counts all steps of the run from 0; random streams depend on it. */
  readonly step: number
  /**
   * Where the batch is a shard of a larger one, the place of its first sample in that. Default 0. The shards then draw
   * what the whole would.
   */
  readonly first?: number
  readonly learningRate: number
  /** Values of the model's controls; those that are absent have the numbers that it declares. */
  readonly controls?: Controls
  /** The step that will follow, where that is known: a session may prepare its numbers while this one runs. */
  readonly next?: Pick<StepRequest, 'objective' | 'batch' | 'step' | 'first'>
}

export interface EvaluateRequest {
  readonly objective: string
  readonly batch: Batch
  /** Which batch of the evaluation this is, from 0; random streams depend on it. */
  readonly index: number
  /** As in a step. */
  readonly first?: number
  /** As in a step. */
  readonly controls?: Controls
}

/** How a function is run. Its random numbers depend on `seed`, `draw` and the place of each sample, and on nothing else. */
export interface RunRequest {
  /** Samples to make, for a function without inputs. Default 1. */
  readonly size?: number
  /** Default: the program's. */
  readonly seed?: number
  /** Which of the draws of this seed, from 0 (the default): each has other random numbers. */
  readonly draw?: number
  /** Place of the first sample among all of the draw, where they are run in several batches. Default 0. */
  readonly first?: number
  /** As in a step. */
  readonly controls?: Controls
}

/** A model on a device. Every array that goes in or out is copied. */
export interface Session {
  readonly backend: { readonly id: string; readonly device: string }
  /** One update; the loss and metrics are those before it. Nothing changes when it throws. */
  step(request: StepRequest): Promise<Scalars>
  /** Loss and metrics without training. */
  evaluate(request: EvaluateRequest): Promise<Scalars>
  /** Runs one of the model's functions; shapes include the batch. */
  run(name: string, inputs: HostRecord, request?: RunRequest): Promise<HostRecord>
  state(): Promise<TrainingState>
  /** Replaces the state. Weights and slots that are absent keep their values. */
  restore(state: Partial<TrainingState>): Promise<void>
  dispose(): void
}

/** An engine that models run on. */
export interface Backend {
  readonly id: string
  /** Where `auto` ranks it: higher is tried first. */
  readonly preference: number
  /** What it costs where this backend cannot run, if that is worth a word: `training takes 5 times as long without it`. */
  readonly without?: string
  /** Says whether it can run here and, if not, why and how to get it. Never throws. */
  probe(): Promise<Probe>
  /** Throws `SandglassError` when it cannot run here, or cannot run this model. */
  open(program: Program): Promise<Session>
}

declare module './kinds' {
  interface Kinds {
    backend: { built: Backend; site: Anywhere }
  }
}
