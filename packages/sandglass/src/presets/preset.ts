import type { MetricSpec, ModelSpec, OptimizerSpec, Spec } from '@sandglass/core'
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
  readonly optimizer: OptimizerSpec
  readonly batchSize: number
  readonly epochs: number
  readonly metrics: readonly MetricSpec[]
  /** How many of the training samples it learns from. Default: all. */
  readonly samples?: number
  /** What is trained first, for weights to begin with. */
  readonly warmStart?: WarmStart
}
