import type { Activation } from './activation'
import type { Backend } from './backend'
import type { Corruption } from './corruption'
import type { Splits } from './dataset'
import type { Initializer } from './initializer'
import type { Layer, LayerSite } from './layer'
import type { Loss, Metric } from './loss'
import type { MappingRegularizer } from './mapping-regularizer'
import type { Model, ModelSite } from './model'
import type { Optimizer } from './optimizer'
import type { Regularizer } from './regularizer'

/** Site of things that need to know nothing of their surroundings. */
export type Anywhere = undefined

/** What each kind of spec builds into, and from what. Augmentable: a package may bring a kind of its own. */
export interface Kinds {
  activation: { built: Activation; site: Anywhere }
  backend: { built: Backend; site: Anywhere }
  corruption: { built: Corruption; site: Anywhere }
  dataset: { built: Promise<Splits>; site: Anywhere }
  initializer: { built: Initializer; site: Anywhere }
  layer: { built: Layer; site: LayerSite }
  loss: { built: Loss; site: Anywhere }
  mappingRegularizer: { built: MappingRegularizer; site: Anywhere }
  metric: { built: Metric; site: Anywhere }
  model: { built: Model; site: ModelSite }
  optimizer: { built: Optimizer; site: Anywhere }
  regularizer: { built: Regularizer; site: Anywhere }
}
