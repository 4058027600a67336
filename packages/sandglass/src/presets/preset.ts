import {
  type Preset as CorePreset,
  type Definition,
  define,
  type MetricSpec,
  type ModelSpec,
  type ScheduleSpec,
} from '@sandglass/core'
import type { CallbackSpec, Optimizers } from '@sandglass/trainer'
import { z } from 'zod'
import type { WarmStart } from '../run/warm-start-spec'

/** A model with the settings that it is trained with, under its name. */
export interface Preset
  extends Pick<
    CorePreset,
    'family' | 'dataset' | 'turns' | 'monitor' | 'start' | 'batchSize' | 'epochs' | 'samples'
  > {
  /** As the command line has it: `sparse-kl`. */
  readonly name: string
  /** One line for lists and help. */
  readonly description: string
  readonly model: ModelSpec
  /** One for all objectives, or one for each by name. Default: as the model has it. */
  readonly optimizer?: Optimizers
  /** Numbers or schedules of the model's controls. Default: as the model has it. */
  readonly controls?: Readonly<Record<string, number | ScheduleSpec>>
  readonly metrics: readonly MetricSpec[]
  readonly callbacks?: readonly CallbackSpec[]
  /** What is trained first, for weights to begin with. */
  readonly warmStart?: WarmStart
}

/** A preset as a definition, for a registry. */
export function presetDefinition({ name, description, ...preset }: Preset): Definition<'preset'> {
  return define('preset', {
    type: name,
    description,
    schema: z.strictObject({}),
    build: () => preset as CorePreset,
  })
}
