import type { Dataset, StreamedDataset } from '@sandglass/core'
import { readValues } from '../read-values'
import { type FitOptions, featuresOf, type Scaler } from './scaler'

/**
 * Fits `(x − mean) / deviation`, with the population's deviation (divisor n) as in scikit-learn's StandardScaler.
 * Features that do not vary are only centred. One pass over the data, in double precision (Chan, Golub and LeVeque,
 * Updating formulae and a pairwise algorithm for computing sample variances, 1979).
 */
export async function standardise(
  dataset: Dataset | StreamedDataset,
  options: FitOptions = {},
): Promise<Scaler> {
  const { field, features, chosen } = featuresOf(dataset, options)
  const mean = new Float64Array(features)
  /** Sums of squared differences from the mean. */
  const squares = new Float64Array(features)
  let count = 0
  for await (const values of readValues(dataset, field)) {
    const n = values.length / features
    // About the first sample, so that what does not vary has just its value as its mean.
    const first = values.slice(0, features)
    const own = first.slice()
    const ownSquares = new Float64Array(features)
    eachFeature(values, features, (x, j) => {
      own[j]! += (x - first[j]!) / n
    })
    eachFeature(values, features, (x, j) => {
      ownSquares[j]! += (x - own[j]!) ** 2
    })
    for (let j = 0; j < features; j++) {
      const difference = own[j]! - mean[j]!
      mean[j] = count ? mean[j]! + (difference * n) / (count + n) : own[j]!
      squares[j]! += ownSquares[j]! + (difference ** 2 * count * n) / (count + n)
    }
    count += n
  }
  const deviation = squares.map((sum, j) => {
    const found = Math.sqrt(sum / count)
    // What rounding leaves of a constant feature is not a deviation.
    return found <= 1e-12 * Math.abs(mean[j]!) ? 0 : found
  })
  return { type: 'standardise', field, mean: chosen(mean, 0), deviation: chosen(deviation, 1) }
}

function eachFeature(values: Float64Array, features: number, visit: (x: number, j: number) => void): void {
  for (let i = 0, j = 0; i < values.length; i++) {
    visit(values[i]!, j)
    if (++j === features) j = 0
  }
}
