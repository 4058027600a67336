import type { AnyDataset } from '@sandglass/core'
import { evenlySpaced } from '../evenly-spaced'
import { readValues } from '../read-values'
import { type FitOptions, featuresOf, type Scaler } from './scaler'

/** Numbers that are kept at once, of all features. */
const MOST_NUMBERS = 2 ** 24

/**
 * Fits `(x − median) / (q₇₅ − q₂₅)`, which few large values do not change, as scikit-learn's RobustScaler. Features whose
 * quartiles are equal are only centred. One pass over the data; where there are more numbers than fit, the quantiles are
 * those of evenly spaced samples.
 */
export async function robust(dataset: AnyDataset, options: FitOptions = {}): Promise<Scaler> {
  const { field, features, chosen } = featuresOf(dataset, options)
  const most = Math.max(1024, Math.floor(MOST_NUMBERS / features))
  const kept = Array.from({ length: features }, () => evenlySpaced(most))
  for await (const values of readValues(dataset, field))
    for (let i = 0, j = 0; i < values.length; i++) {
      kept[j]!.add(values[i]!)
      if (++j === features) j = 0
    }
  const centre = Float64Array.from(kept, (each) => each.quantile(0.5))
  const spread = Float64Array.from(kept, (each) => each.quantile(0.75) - each.quantile(0.25))
  return { type: 'robust', field, centre: chosen(centre, 0), spread: chosen(spread, 1) }
}
