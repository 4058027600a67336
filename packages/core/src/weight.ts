import type { Initializer } from './initializer'
import type { Regularizer } from './regularizer'
import type { Shape } from './shape'

/** What a model says of one of its weights before it exists. */
export interface WeightDeclaration {
  readonly shape: Shape
  readonly initializer: Initializer
  /** False for state that steps update without gradients (moving averages) and for frozen weights. Default true. */
  readonly trainable?: boolean
  /** True when it would be trained, were its layer not frozen. */
  readonly frozen?: boolean
  /** Adds its value to the loss of every objective that trains this weight. */
  readonly regularizer?: Regularizer
}

/** A weight that another layer owns: `{ sharedWith: 'encoder/1/kernel' }`. */
export interface SharedWeight {
  readonly sharedWith: string
}
