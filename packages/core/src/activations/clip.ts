import { add, clipByValue, minimum, mul, neg, relu, step, sub, type Tensor } from '@tensorflow/tfjs-core'
import { elementwise, type Unary } from './differentiable'

/** x limited to [low, high]; derivative 1 within and at the bounds (as in Keras), 0 outside. */
export function clipOf(x: Tensor, low: number, high: number): Tensor {
  return elementwise(
    (v) => clipByValue(v, low, high),
    (v) => sub(1, add(step(sub(low, v)), step(sub(v, high)))),
  )(x)
}

/** 1 where low < x < high, 0 elsewhere; derivative 0. */
export function insideOf(x: Tensor, low: number, high: number): Tensor {
  return mul(step(low === 0 ? x : sub(x, low)), step(sub(high, x)))
}

/** max(x, low) for low ≥ 0. */
export function atLeast(x: Tensor, low: number): Tensor {
  return add(relu(sub(x, low)), low)
}

/** min(x, 0) */
export const negativePartOf: Unary = elementwise(
  (x) => minimum(x, 0),
  (x) => step(neg(x)),
)
