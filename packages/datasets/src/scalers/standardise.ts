import type { Dataset } from '@sandglass/core'
import { compact, type FitOptions, fittedValues, type Scaler } from './scaler'

/**
 * Fits `(x − mean) / deviation`, with the population's deviation (divisor n) as in scikit-learn's StandardScaler.
 * Features that do not vary are only centred.
 */
export function standardise(dataset: Dataset, options: FitOptions = {}): Scaler {
  const { name, features, length, at } = fittedValues(dataset, options)
  const n = length / features
  const mean = new Float64Array(features)
  for (let i = 0, j = 0; i < length; i++) {
    mean[j]! += at(i) / n
    if (++j === features) j = 0
  }
  const variance = new Float64Array(features)
  for (let i = 0, j = 0; i < length; i++) {
    variance[j]! += (at(i) - mean[j]!) ** 2 / n
    if (++j === features) j = 0
  }
  // What rounding leaves of a constant feature is not a deviation.
  const deviation = variance.map((v, j) => (Math.sqrt(v) <= 1e-12 * Math.abs(mean[j]!) ? 0 : Math.sqrt(v)))
  return { type: 'standardise', field: name, mean: compact(mean), deviation: compact(deviation) }
}
