import { cast, div, equal, max, mul, sum, type Tensor, zerosLike } from '@tensorflow/tfjs-core'
import { withGradient } from '../activations/differentiable'

/** Maximum of every channel over the given axes, which stay with extent 1. The gradient is shared among ties. */
export function maxOver(x: Tensor, axes: number[]): Tensor {
  // A comparison has no gradient in tfjs; this one's is 0.
  const shares = withGradient(
    (input) => {
      const hits = cast(equal(input, max(input, axes, true)), 'float32')
      return div(hits, sum(hits, axes, true))
    },
    (_, input) => zerosLike(input),
  )
  return withGradient(
    (input) => max(input, axes, true),
    (dy, input) => mul(dy, shares(input)),
  )(x)
}
