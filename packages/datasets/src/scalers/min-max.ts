import { type Dataset, SandglassError } from '@sandglass/core'
import { compact, type FitOptions, fittedValues, type Scaler } from './scaler'

/** Fits the linear map of [minimum, maximum] to `range`, [0, 1] by default. Features that do not vary go to its start. */
export function minMax(
  dataset: Dataset,
  { range = [0, 1], ...options }: FitOptions & { range?: readonly [number, number] } = {},
): Scaler {
  const [low, high] = range
  if (!(Number.isFinite(low) && Number.isFinite(high) && low < high))
    throw new SandglassError('data', 'malformed range of a min-max scaler', {
      got: `[${low}, ${high}]`,
      expected: 'two finite numbers, the lower first',
    })
  const { name, features, length, at } = fittedValues(dataset, options)
  const minimum = new Float64Array(features).fill(Number.POSITIVE_INFINITY)
  const maximum = new Float64Array(features).fill(Number.NEGATIVE_INFINITY)
  for (let i = 0, j = 0; i < length; i++) {
    const x = at(i)
    if (x < minimum[j]!) minimum[j] = x
    if (x > maximum[j]!) maximum[j] = x
    if (++j === features) j = 0
  }
  return {
    type: 'minMax',
    field: name,
    minimum: compact(minimum),
    maximum: compact(maximum),
    range: [low, high],
  }
}
