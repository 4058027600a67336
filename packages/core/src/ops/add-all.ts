import { add, type Tensor } from '@tensorflow/tfjs-core'

/** The sum of one or more tensors of one shape. */
export function addAll(tensors: readonly Tensor[]): Tensor {
  return tensors.reduce((a, b) => add(a, b))
}
