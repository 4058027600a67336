import type { Tensor } from '@tensorflow/tfjs-core'
import type { Anywhere } from './kinds'

/** The pre-activation of an output, for losses that have a stable form in it. */
export interface Logits {
  readonly value: Tensor
  readonly link: 'sigmoid' | 'softmax'
}

export interface Comparison {
  /** `[batch, …]` */
  readonly target: Tensor
  /** `[batch, …]`, same shape. */
  readonly output: Tensor
  readonly logits?: Logits
  /**
   * Which steps, or other entries, count: 1 there and 0 elsewhere, in the shape of the first axes of `target`,
   * `[batch, steps]`. Whoever averages heeds it (`countedMean`), not losses and metrics themselves.
   */
  readonly mask?: Tensor
}

/** Compares a target with an output, one value per sample: `[batch, …]` → `[batch]`, the mean over all other axes. */
export type Loss = (comparison: Comparison) => Tensor

/** Like a loss, but only reported: `[batch, …]` → `[batch]`. */
export type Metric = Loss

declare module './kinds' {
  interface Kinds {
    loss: { built: Loss; site: Anywhere }
    metric: { built: Metric; site: Anywhere }
  }
}
