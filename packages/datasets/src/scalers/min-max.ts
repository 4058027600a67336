import { type Dataset, SandglassError, type StreamedDataset } from '@sandglass/core'
import { readValues } from '../read-values'
import { type FitOptions, featuresOf, type Scaler } from './scaler'

/**
 * Fits the linear map of [minimum, maximum] to `range`, [0, 1] by default, in one pass over the data. Features that do
 * not vary go to its start. Throws `SandglassError` (`data`) on a malformed range.
 */
export async function minMax(
  dataset: Dataset | StreamedDataset,
  { range = [0, 1], ...options }: FitOptions & { range?: readonly [number, number] } = {},
): Promise<Scaler> {
  const [low, high] = range
  if (!(Number.isFinite(low) && Number.isFinite(high) && low < high))
    throw new SandglassError('data', 'malformed range of a min-max scaler', {
      got: `[${low}, ${high}]`,
      expected: 'two finite numbers, the lower first',
    })
  const { field, features, chosen } = featuresOf(dataset, options)
  const minimum = new Float64Array(features).fill(Number.POSITIVE_INFINITY)
  const maximum = new Float64Array(features).fill(Number.NEGATIVE_INFINITY)
  for await (const values of readValues(dataset, field))
    for (let i = 0, j = 0; i < values.length; i++) {
      const x = values[i]!
      if (x < minimum[j]!) minimum[j] = x
      if (x > maximum[j]!) maximum[j] = x
      if (++j === features) j = 0
    }
  return {
    type: 'minMax',
    field,
    minimum: chosen(minimum, low),
    maximum: chosen(maximum, high),
    range: [low, high],
  }
}
