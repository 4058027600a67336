import type { Anywhere } from './kinds'
import type { Spec } from './spec'
import type { Monitor, Start, Turns } from './training'

/** A spec, or its type alone where all its options may be left out. */
type SpecOrName = Spec | string

/** A model with the data and the settings that it is trained with. Its type is its name: `sparse-kl`, `acme/beta`. */
export interface Preset {
  /** What it stands with in lists: `sparse`. */
  readonly family: string
  readonly model: Spec
  /** What it is trained on, unless told otherwise. */
  readonly dataset: Spec
  /** One for all objectives, or one for each by name. Default: as the model has it. */
  readonly optimizer?: SpecOrName | Readonly<Record<string, SpecOrName>>
  /** Numbers or schedules of the model's controls, by name. Default: as the model has it. */
  readonly controls?: Readonly<Record<string, number | Spec>>
  /** Default: as the model has it. */
  readonly turns?: Turns
  /** The figure by which it is judged. Default: as the model has it. */
  readonly monitor?: string | Monitor
  /** The procedure to start with, false for none. Default: as the model has it. */
  readonly start?: string | Start | false
  readonly batchSize: number
  readonly epochs: number
  readonly metrics: readonly SpecOrName[]
  readonly callbacks?: readonly SpecOrName[]
  /** How many of the training samples it learns from. Default: all. */
  readonly samples?: number
  /** What is trained first, for weights to begin with: `{ type: 'greedy' }`, or `{ type: 'pretraining', model }`. */
  readonly warmStart?: Spec
}

declare module './kinds' {
  interface Kinds {
    preset: { built: Preset; site: Anywhere }
  }
}
