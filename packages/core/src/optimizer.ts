import type { Scalar } from '@tensorflow/tfjs-core'
import type { Anywhere } from './kinds'
import type { Shape } from './shape'
import type { Spec } from './spec'
import type { TensorRecord } from './tensors'

export interface OptimizerState {
  readonly weights: TensorRecord
  /** Named `${slot}/${weight}`: `momentum/encoder/1/kernel`. */
  readonly slots: TensorRecord
}

export interface OptimizerInput extends OptimizerState {
  /** One for each weight. */
  readonly gradients: TensorRecord
  /** An input, so that schedules never retrace. */
  readonly learningRate: Scalar
  /** 1 at the first update, float32. */
  readonly iteration: Scalar
}

/** How a slot begins: filled with a number, or as a copy of its weight. */
export interface SlotDeclaration {
  readonly shape: Shape
  readonly initial: number | { readonly copyOf: string }
}

/** A pure update rule. */
export interface Optimizer {
  /** A number, or the spec of a schedule. */
  readonly learningRate: number | Spec
  slots(weights: Readonly<Record<string, Shape>>): Record<string, SlotDeclaration>
  update(input: OptimizerInput): OptimizerState
  /** The slot that holds averaged weights to evaluate with, when there is one: slots are then `${this}/${weight}`. */
  readonly averaged?: string
}

declare module './kinds' {
  interface Kinds {
    optimizer: { built: Optimizer; site: Anywhere }
  }
}
