import type {
  AnyDataset,
  Anywhere,
  Attachment,
  Batch,
  Controls,
  ForeignSpec,
  HostRecord,
  HostTensor,
  Model,
  ModelFunction,
  Monitored,
  RunRequest,
} from '@sandglass/core'
import type { CallbackState, Checkpoint, DataPart } from '../checkpoint/checkpoint'
import type { EndEvent, EpochEvent, StartEvent, StepEvent } from '../fit/events'
import type { HistoryEntry } from '../fit/history'

declare module '@sandglass/core' {
  interface Kinds {
    callback: { built: Callback; site: Anywhere }
  }
}

/** Types of callbacks by name; a package adds its own by augmenting `@sandglass/trainer`. */
// biome-ignore lint/suspicious/noEmptyInterface: augmentable
export interface CallbackSpecs {}

export type CallbackSpec =
  | CallbackSpecs[keyof CallbackSpecs]
  | ForeignSpec
  | { [T in keyof CallbackSpecs]: { type: T } extends CallbackSpecs[T] ? T : never }[keyof CallbackSpecs]

/** What a callback sees of a run, and may do to it. */
export interface Run {
  readonly model: Model
  readonly seed: number
  readonly epochs: number
  readonly history: readonly HistoryEntry[]
  /** The figure by which the run is judged. */
  readonly monitor: Monitored
  /** The training data, with the fields that were set. */
  readonly train: AnyDataset
  readonly validation?: AnyDataset
  /** The batch of the last update. */
  readonly batch: Batch | undefined
  /** Values of the model's controls at the last update. */
  readonly controls: Controls
  /** Ends the run once every callback has seen the present event. */
  stop(reason: string): void
  /** The weights to evaluate with: the averaged ones, when the optimizer keeps averages. */
  weights(): Promise<HostRecord>
  /** Runs a function of the model, or one of a callback's own, on the session that trains, with the present controls. */
  apply(name: string, inputs: HostRecord, request?: RunRequest): Promise<HostRecord>
  /** Adds something fitted to the model, or replaces what has this name; checkpoints and the model file keep it. */
  attach(name: string, attachment: Attachment): void
  /**
   * Sets a field of the data, `[samples, …shape]`, computed while the model trains: cluster labels, a target
   * distribution. It counts from the next update on; checkpoints keep it. Throws `SandglassError` when it does not fit
   * (`shape`), or the data is a stream (`data`).
   *
   * @example
   * onEpoch: async (_, run) => run.setField('cluster', await clustersOf(run))
   */
  setField(name: string, values: HostTensor, part?: DataPart): void
  /** Replaces the weights of the trained model; for `onEnd`. */
  setWeights(weights: HostRecord): Promise<void>
  /**
   * All that it takes to go on from here; for `onSettled`, and for `onEnd`, where it holds the weights before they
   * were averaged or replaced. Throws (`numeric`) when a weight is not finite.
   */
  checkpoint(): Promise<Checkpoint>
}

type Hook<Event> = (event: Event, run: Run) => void | Promise<void>

/**
 * Takes part in a run. Hooks are called in the order of the list and awaited; what they throw ends the run. A callback
 * whose behaviour depends on what it has seen keeps that in `state`, so that a resumed run is the same run; `restore`
 * is called before `onStart`.
 */
export interface Callback {
  /** Names its state in checkpoints. */
  readonly name: string
  /**
   * Names of the history that it reads, told the figure by which the run is judged: a run that will not report one of
   * them ends after its first step.
   */
  monitors?(monitored: string): readonly string[]
  /** Fields of the data that it sets, in `onStart` at the latest: the data need not have them before. */
  readonly sets?: readonly string[]
  /** Functions that the session gets beside the model's own, for `run.apply`; called before `restore`. */
  functions?(model: Model): Readonly<Record<string, ModelFunction>>
  readonly onStart?: Hook<StartEvent>
  readonly onStep?: Hook<StepEvent>
  readonly onEpoch?: Hook<EpochEvent>
  /** After every callback has seen the event: the moment for checkpoints. */
  readonly onSettled?: Hook<StepEvent | EpochEvent>
  /** Not called when the run fails. */
  readonly onEnd?: Hook<EndEvent>
  state?(): CallbackState
  restore?(state: CallbackState): void
}
