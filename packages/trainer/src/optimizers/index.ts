import { adadelta } from './adadelta'
import { adagrad } from './adagrad'
import { adam, adamw } from './adam'
import { adamax } from './adamax'
import { lion } from './lion'
import { nadam } from './nadam'
import { rmsprop } from './rmsprop'
import { sgd } from './sgd'

export { defineOptimizer } from './define-optimizer'
export type { Rule, Updated, UpdateWeight } from './rule'
export { adadelta, adagrad, adam, adamax, adamw, lion, nadam, rmsprop, sgd }

export const optimizers = [adadelta, adagrad, adam, adamax, adamw, lion, nadam, rmsprop, sgd] as const
