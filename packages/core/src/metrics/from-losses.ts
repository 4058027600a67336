import { type Definition, define } from '../definition'
import {
  binaryCrossentropy,
  binaryFocalCrossentropy,
  categoricalCrossentropy,
  huber,
  kullbackLeiblerDivergence,
  logCosh,
  meanAbsoluteError,
  meanAbsolutePercentageError,
  meanSquaredError,
  meanSquaredLogarithmicError,
  poisson,
  sparseCategoricalCrossentropy,
} from '../losses/index'
import type { Spec } from '../spec'

type Factory = (...options: never[]) => Spec

/** A loss that is only reported. Specs are the same for both, so the loss's factory makes them. */
function reported<D extends Definition<'loss'> & Factory>(loss: D) {
  const { type, description, schema, build } = loss
  return define('metric', { type, description, schema, build }) as unknown as ((
    ...options: Parameters<D>
  ) => ReturnType<D>) &
    Definition<'metric'>
}

export const lossMetrics = [
  reported(binaryCrossentropy),
  reported(binaryFocalCrossentropy),
  reported(categoricalCrossentropy),
  reported(huber),
  reported(kullbackLeiblerDivergence),
  reported(logCosh),
  reported(meanAbsoluteError),
  reported(meanAbsolutePercentageError),
  reported(meanSquaredError),
  reported(meanSquaredLogarithmicError),
  reported(poisson),
  reported(sparseCategoricalCrossentropy),
] as const
