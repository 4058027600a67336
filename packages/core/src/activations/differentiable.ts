import { customGrad, type GradSaveFunc, mul, type Tensor } from '@tensorflow/tfjs-core'

/** A function of one tensor that keeps its shape. */
export type Unary = (x: Tensor) => Tensor

/**
 * A function with its own gradient `(dy, x) → dx`. It saves its input rather than its output, so that the gradient can
 * be differentiated again (tfjs's own exp, sigmoid, tanh, elu and softmax save their output, and their second
 * derivatives are silently wrong). `gradient` must use only operations whose gradients are right themselves: those
 * made here, arithmetic, sqrt, log, relu and step. No comparisons, minimum or where.
 */
export function withGradient(value: Unary, gradient: (dy: Tensor, x: Tensor) => Tensor): Unary {
  return customGrad((x, save) => {
    // Saved last: what was saved by a function that then throws, nobody would dispose.
    const y = value(x as Tensor)
    ;(save as GradSaveFunc)([x as Tensor])
    return {
      value: y,
      gradFunc: (dy, saved) => gradient(dy, (saved as Tensor[])[0]!),
    }
  })
}

/** An elementwise function with its derivative, under the rules of `withGradient`. */
export function elementwise(value: Unary, derivative: Unary): Unary {
  return withGradient(value, (dy, x) => mul(dy, derivative(x)))
}
