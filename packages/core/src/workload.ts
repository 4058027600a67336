import type { Anywhere } from './kinds'
import type { Shape } from './shape'
import type { Spec } from './spec'

/** A training step to measure, as data: every engine builds the same model from it. */
export interface Workload {
  /** One line for reports. */
  readonly title: string
  readonly model: Spec
  /** Shapes of the batch's fields, without the batch. */
  readonly fields: Readonly<Record<string, Shape>>
  /** Values of fields are spread over this. Default [0, 1). */
  readonly range?: readonly [low: number, high: number]
  readonly batchSizes: readonly number[]
  /** One for all objectives. */
  readonly optimizer: Spec
}

declare module './kinds' {
  interface Kinds {
    workload: { built: Workload; site: Anywhere }
  }
}
