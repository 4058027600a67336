import type { Tensor, Tensor1D } from '@tensorflow/tfjs-core'
import type { Anywhere } from './kinds'
import type { RandomSource } from './random-source'

/**
 * A distribution of data given what a decoder makes, `p(x | z)`. `parameters` are the decoder's output: as `x`, with
 * one more axis of `perElement` numbers where that is more than one.
 */
export interface Likelihood {
  /** Numbers that the decoder gives for each number of the data: 1 for logits, 2 for a mean and a log-scale. */
  readonly perElement: number
  /** The values of data that it can have made: outside, the probability is 0 or makes no sense. */
  readonly support: readonly [low: number, high: number]
  /** log p(x | parameters), summed over each sample, in nats: `[batch]`. */
  logProbability(x: Tensor, parameters: Tensor): Tensor1D
  /** E[x | parameters], as `x`. */
  mean(parameters: Tensor): Tensor
  /** Draws x, with random numbers from streams that begin with `stream`. */
  sample(parameters: Tensor, random: RandomSource, stream: string): Tensor
}

declare module './kinds' {
  interface Kinds {
    likelihood: { built: Likelihood; site: Anywhere }
  }
}
