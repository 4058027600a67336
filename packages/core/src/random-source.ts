import type { Tensor } from '@tensorflow/tfjs-core'

/**
 * Where pure maths gets its random numbers. Each call names its own stream (`encoder/0/noise`); the values depend only
 * on (seed, stream, step, element index), so they are the same on every backend, eager, compiled or resumed. A stream
 * asked twice in one step gives the same numbers twice, whatever the distribution: independent draws need names of
 * their own. `shape` includes the batch.
 */
export interface RandomSource {
  /** Uniform on [0, 1). */
  uniform(stream: string, shape: readonly number[]): Tensor
  /** Standard normal. */
  normal(stream: string, shape: readonly number[]): Tensor
  /** Standard normal, given that it is within ±2. */
  truncatedNormal(stream: string, shape: readonly number[]): Tensor
}

/** How a named stream is drawn. */
export type Distribution = keyof RandomSource
