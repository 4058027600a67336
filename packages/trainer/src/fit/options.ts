import type {
  AnyDataset,
  Attachments,
  HostRecord,
  Json,
  MetricSpec,
  Monitor,
  Registry,
  ScheduleSpec,
  Start,
  Turns,
} from '@sandglass/core'
import type { BackendOption, OnBackend } from '../backends/choose-backend'
import type { Callback, CallbackSpec } from '../callbacks/callback'
import type { Checkpoint } from '../checkpoint/checkpoint'
import type { Optimizers } from './optimizers'

export interface FitOptions {
  /** Where the specs get their meaning. */
  readonly registry: Registry
  /**
   * What trains each objective: one for all, or one for each by objective name. Default: as the model has it; one of
   * the two is needed.
   */
  readonly optimizer?: Optimizers
  /**
   * What the model's controls do, in place of what it declares: numbers, or schedules, whose steps are batches.
   *
   * @example
   * { controls: { beta: { type: 'warmUp', epochs: 5, to: 1 } } } // from 0 to 1 in five epochs
   */
  readonly controls?: Readonly<Record<string, number | ScheduleSpec>>
  /** Where the model runs: a backend, its name or spec, or `auto`, the default: the fastest that can run it. */
  readonly backend?: BackendOption
  /** Told where the model runs, and why there. */
  readonly onBackend?: OnBackend
  /** Passes over the data. */
  readonly epochs: number
  /** Samples in a batch; the last batch of an epoch may be smaller. Default 32, or all where there are fewer. */
  readonly batchSize?: number
  /** Data to evaluate on after every epoch, or the share of the training data to set aside for it: its last samples. */
  readonly validation?: AnyDataset | number
  /** Samples in a batch of the validation. Default: `batchSize`. */
  readonly validationBatchSize?: number
  /** Reported beside the loss. */
  readonly metrics?: readonly MetricSpec[]
  /** Decides initial weights, order of data, noise. Default 0. */
  readonly seed?: number
  /** Whether every epoch has an order of its own. Default true. */
  readonly shuffle?: boolean
  /**
   * Samples among which a stream is shuffled; data that can be read in any order is shuffled as a whole. Default: as many
   * as 64 MiB hold, at most 10,000.
   */
  readonly shuffleBuffer?: number
  /**
   * Which objectives have their turn on which batch: lists that are gone through again and again, or phases of such.
   * Default: as the model has it, else every objective on every batch.
   */
  readonly turns?: Turns
  /**
   * The figure by which the run is judged: callbacks and schedules watch it unless told otherwise. Default: as the model
   * has it, else the validation loss (with several objectives, of the first one of the last phase).
   */
  readonly monitor?: string | Monitor
  /** A procedure performed before the first update; false for none. Default: as the model has it. */
  readonly start?: string | Start | false
  /** Specs or objects, called in this order. */
  readonly callbacks?: readonly (CallbackSpec | Callback)[]
  /** Whether a loss that is not finite fails the run. Default true. */
  readonly terminateOnNan?: boolean
  /** Aborting it ends the run after the update under way; its result can be gone on from. */
  readonly signal?: AbortSignal
  /** Weights to begin with, by full name; the others are drawn. */
  readonly initialWeights?: HostRecord
  /** What was fitted before, a scaler of the data say: it stays with the trained model. */
  readonly attachments?: Attachments
  /** What else should travel with the trained model, as plain JSON: where its data came from, names of classes. */
  readonly extras?: Json
  /** Where to go on. The other options must be those of the run it comes from; only `epochs` may differ. */
  readonly resumeFrom?: Checkpoint
}
