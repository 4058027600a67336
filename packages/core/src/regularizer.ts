import type { Scalar, Tensor } from '@tensorflow/tfjs-core'
import type { Anywhere } from './kinds'

/**
 * A penalty on a tensor, summed as documented by each type: of a kernel, or of a layer's output `[batch, …]`, in which
 * case the caller divides by the batch size as Keras does.
 */
export type Regularizer = (x: Tensor) => Scalar

declare module './kinds' {
  interface Kinds {
    regularizer: { built: Regularizer; site: Anywhere }
  }
}
