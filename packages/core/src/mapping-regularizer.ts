import type { Scalar, Tensor } from '@tensorflow/tfjs-core'
import type { Context } from './context'
import type { Anywhere } from './kinds'
import type { Shape } from './shape'

/** A deterministic function of samples, each on its own: an encoder as it is outside training. */
export interface Mapping {
  /** Of one sample. */
  readonly outputShape: Shape
  /**
   * `[n, …input]` → `[n, …outputShape]`. `n` is the batch, or a multiple of it: then the batch as a whole comes several
   * times over, so that what belongs to each sample (a mask) can be found again.
   */
  apply(x: Tensor): Tensor
}

/**
 * A penalty on a mapping rather than on a tensor, such as on its derivatives at the samples `input`, `[batch, …]`. It
 * must be differentiable in whatever the mapping depends on. Draws from streams below `path`, in evaluation too.
 */
export type MappingRegularizer = (mapping: Mapping, input: Tensor, context: Context, path: string) => Scalar

declare module './kinds' {
  interface Kinds {
    mappingRegularizer: { built: MappingRegularizer; site: Anywhere }
  }
}
