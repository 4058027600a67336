import type { SpecsOf } from '../definition'
import { binaryCrossentropy } from './binary-crossentropy'
import { binaryFocalCrossentropy } from './binary-focal-crossentropy'
import { categoricalCrossentropy } from './categorical-crossentropy'
import { cosineSimilarity } from './cosine-similarity'
import { huber } from './huber'
import { kullbackLeiblerDivergence } from './kullback-leibler-divergence'
import { logCosh } from './log-cosh'
import { meanAbsoluteError } from './mean-absolute-error'
import { meanAbsolutePercentageError } from './mean-absolute-percentage-error'
import { meanSquaredError } from './mean-squared-error'
import { meanSquaredLogarithmicError } from './mean-squared-logarithmic-error'
import { poisson } from './poisson'
import { sparseCategoricalCrossentropy } from './sparse-categorical-crossentropy'

export { EPSILON } from './comparing'
export { meanPerSample } from './mean-per-sample'
export {
  binaryCrossentropy,
  binaryFocalCrossentropy,
  categoricalCrossentropy,
  cosineSimilarity,
  huber,
  kullbackLeiblerDivergence,
  logCosh,
  meanAbsoluteError,
  meanAbsolutePercentageError,
  meanSquaredError,
  meanSquaredLogarithmicError,
  poisson,
  sparseCategoricalCrossentropy,
}

export const losses = [
  binaryCrossentropy,
  binaryFocalCrossentropy,
  categoricalCrossentropy,
  cosineSimilarity,
  huber,
  kullbackLeiblerDivergence,
  logCosh,
  meanAbsoluteError,
  meanAbsolutePercentageError,
  meanSquaredError,
  meanSquaredLogarithmicError,
  poisson,
  sparseCategoricalCrossentropy,
] as const

declare module '../specs' {
  interface LossSpecs extends SpecsOf<typeof losses> {}
}
