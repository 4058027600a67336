import type { CorruptionSpec, LossSpec, OptimizerSpec, TrainedModel } from '@sandglass/core'
import type { FitEvent, StopReason } from '../fit/events'
import type { FitResult } from '../fit/fit'
import type { HistoryEntry } from '../fit/history'
import type { FitOptions } from '../fit/options'

/** How one training differs from the others of a greedy run. */
export interface GreedyTraining
  extends Partial<
    Pick<
      FitOptions,
      'epochs' | 'batchSize' | 'validationBatchSize' | 'metrics' | 'shuffle' | 'callbacks' | 'terminateOnNan'
    >
  > {
  readonly optimizer?: OptimizerSpec
}

export interface GreedyStage extends GreedyTraining {
  /** Default: the model's loss for the first stage, mean squared error for the others. */
  readonly loss?: LossSpec
  /** Damages what the stage's encoder sees. Default: the model's for the first stage, none for the others. */
  readonly corruption?: CorruptionSpec
  /** How many layers of the encoder it takes, from the input on. With `decoder`, and for all stages or none. */
  readonly encoder?: number
  /** How many layers of the decoder it takes, from the output back. */
  readonly decoder?: number
}

/** As those of `fit`, but for what has no meaning here; a stage's own options come before these. */
export interface GreedyOptions
  extends Omit<FitOptions, 'optimizer' | 'epochs' | 'turns' | 'monitor' | 'start' | 'resumeFrom'>,
    GreedyTraining {
  /**
   * `separate` (default): each stage is an autoencoder of its own, whose weights are stacked when all are trained.
   * `phases`: one model, of which phase k trains the weights of stage k alone, all before it frozen. Both minimise the
   * same; callbacks of `phases` see the weights of the whole model.
   */
  readonly procedure?: 'separate' | 'phases'
  /**
   * Whether `phases` computes the codings of the frozen layers once and keeps them, rather than at every step. Frozen
   * layers do nothing at random, so that the numbers are the same. Default true.
   */
  readonly cache?: boolean
  /** One entry a stage, from the outermost in. */
  readonly stages?: readonly GreedyStage[]
  /** Trains the whole model when all stages are trained. Left out: it is not. */
  readonly fineTune?: GreedyTraining
}

export interface GreedyStageResult {
  /** From 1, the outermost. */
  readonly stage: number
  /** Paths of its layers, encoder first: `encoder/0`, `decoder/1`. */
  readonly layers: readonly string[]
  readonly history: readonly HistoryEntry[]
  readonly stopped: StopReason
  readonly stepsPerSecond: number
  readonly backend: FitResult['backend']
  readonly seed: number
}

export interface GreedyResult {
  /** The whole model; holds the backend's session until it is disposed of. */
  readonly model: TrainedModel
  /** Of the stages that were begun. */
  readonly stages: readonly GreedyStageResult[]
  /** When `fineTune` was asked for and begun. Its model is that of the whole. */
  readonly fineTuned?: FitResult
  /** `aborted` when the signal was, else `completed`. */
  readonly stopped: StopReason
}

/** Events of `fit`, each with the stage that it is of, from 1. */
export type GreedyEvent = FitEvent & { readonly stage: number | 'fineTune' }
