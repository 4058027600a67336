import type { MetricSpec, ModelSpec, Monitor, Spec, Start, Turns } from '@sandglass/core'
import type { CallbackSpec, Optimizers } from '@sandglass/trainer'
import type { WarmStart } from '../run/warm-start-spec'

/** A model with the settings that it is trained with. */
export interface Preset {
  /** As the command line has it: `sparse-kl`. */
  readonly name: string
  /** What it stands with in lists: `sparse`. */
  readonly family: string
  /** One line for lists and help. */
  readonly description: string
  readonly model: ModelSpec
  /** What it is trained on, unless told otherwise. */
  readonly dataset: Spec
  /** One for all objectives, or one for each by name. Default: as the model has it. */
  readonly optimizer?: Optimizers
  /** Default: as the model has it. */
  readonly turns?: Turns
  /** The figure by which it is judged. Default: as the model has it. */
  readonly monitor?: string | Monitor
  /** The procedure to start with, false for none. Default: as the model has it. */
  readonly start?: string | Start | false
  readonly batchSize: number
  readonly epochs: number
  readonly metrics: readonly MetricSpec[]
  readonly callbacks?: readonly CallbackSpec[]
  /** How many of the training samples it learns from. Default: all. */
  readonly samples?: number
  /** What is trained first, for weights to begin with. */
  readonly warmStart?: WarmStart
}
