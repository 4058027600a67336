import type { Scalar, Tensor } from '@tensorflow/tfjs-core'

/**
 * A penalty on a tensor, summed as documented by each type: of a kernel, or of a layer's output `[batch, …]`, in which
 * case the caller divides by the batch size as Keras does.
 */
export type Regularizer = (x: Tensor) => Scalar
