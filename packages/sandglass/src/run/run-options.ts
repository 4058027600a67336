import type { Registry, StandIn } from '@sandglass/core'
import type { BackendChoice, Checkpoint, FitEvent } from '@sandglass/trainer'

/** Told how a run goes on. */
export interface RunObserver {
  /** Which data this is, in a sentence, and about those that it stands in for. */
  onData?(provenance: string, standIn?: StandIn): void
  onBackend?(choice: BackendChoice): void
  /** A training begins that is not the only one: `stage 1`, `pretraining`, at last `training`. */
  onTraining?(name: string): void
  onEvent?(event: FitEvent): void
  /** The last epoch is done; pictures are being made. */
  onReport?(): void
}

export interface RunOptions {
  readonly registry: Registry
  readonly observer?: RunObserver
  readonly signal?: AbortSignal
  /** To go on with a run. */
  readonly resumeFrom?: Checkpoint
  readonly description?: string
}
