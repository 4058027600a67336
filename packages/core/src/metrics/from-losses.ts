import type { z } from 'zod'
import { type Defined, define } from '../definition'
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

/** A loss that is only reported. Specs are the same for both, so the loss's factory makes them. */
function reported<Type extends string, Schema extends z.ZodObject>(loss: Defined<'loss', Type, Schema>) {
  const { type, description, aliases, schema, build } = loss
  return define('metric', { type, description, aliases, schema, build })
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
