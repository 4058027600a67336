import type { Scalar } from '@tensorflow/tfjs-core'
import type { Context } from './context'
import type { Comparison } from './loss'
import type { TensorRecord } from './tensors'

export interface ObjectiveResult {
  /** What is minimised: the sum of the parts. */
  readonly total: Scalar
  /** Reported on their own: `reconstruction`, `regularization`, `kl`… */
  readonly parts: Record<string, Scalar>
  /** Reported beside the parts, but no part of the total: `denoising`. The same names at every step and evaluation. */
  readonly measures?: Record<string, Scalar>
  /** What the trainer's metrics compare, if anything. */
  readonly comparison?: Comparison
  /** New values of state weights, by full name. */
  readonly updates?: TensorRecord
}

/** Something to minimise over some of a model's weights. Everything trainable is a list of these. */
export interface Objective {
  readonly name: string
  /** Full names of the weights it trains. */
  readonly trains: readonly string[]
  /** Fields of the batch that it reads; those marked optional may be absent. */
  readonly fields: Readonly<Record<string, 'required' | 'optional'>>
  loss(weights: TensorRecord, batch: TensorRecord, context: Context): ObjectiveResult
}
