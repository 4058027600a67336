import type { SpecsOf } from '../definition'
import { binaryAccuracy } from './binary-accuracy'
import { categoricalAccuracy } from './categorical-accuracy'
import { cosineSimilarityMetric } from './cosine-similarity'
import { lossMetrics } from './from-losses'
import { rootMeanSquaredError } from './root-mean-squared-error'
import { roundedAccuracy } from './rounded-accuracy'
import { sparseCategoricalAccuracy } from './sparse-categorical-accuracy'

// Metrics that are losses too have no factories of their own: the loss's makes the same spec.
export {
  binaryAccuracy,
  categoricalAccuracy,
  rootMeanSquaredError,
  roundedAccuracy,
  sparseCategoricalAccuracy,
}

export const metrics = [
  binaryAccuracy,
  categoricalAccuracy,
  cosineSimilarityMetric,
  rootMeanSquaredError,
  roundedAccuracy,
  sparseCategoricalAccuracy,
  ...lossMetrics,
] as const

declare module '../specs' {
  interface MetricSpecs extends SpecsOf<typeof metrics> {}
}
