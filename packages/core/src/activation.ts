import type { Tensor } from '@tensorflow/tfjs-core'
import type { Anywhere } from './kinds'
import type { Logits } from './loss'

/** A function applied to a layer's pre-activation; derivatives right to second order. */
export interface Activation {
  apply(x: Tensor): Tensor
  /** Set when a loss has a stable form from this activation's input (binary or categorical cross-entropy). */
  readonly link?: Logits['link']
  /** Each number of the result depends on the number in its place only. */
  readonly elementwise?: boolean
  /** Gives its input back: a layer with it has no activation. */
  readonly identity?: boolean
  /** Whole ranges of inputs switch a unit off: its value is 0 there (rectifiers), or near 0 but above it (sigmoids). */
  readonly off?: 'zero' | 'nearly'
}

/** A layer's output for a pre-activation, with the logits when a loss could use them. */
export function activationResult(activation: Activation, z: Tensor): { output: Tensor; logits?: Logits } {
  const output = activation.apply(z)
  return activation.link ? { output, logits: { value: z, link: activation.link } } : { output }
}

declare module './kinds' {
  interface Kinds {
    activation: { built: Activation; site: Anywhere }
  }
}
