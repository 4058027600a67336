import type { Initializer } from '../initializer'
import { sizeOf } from '../shape'
import { fans } from './fans'

/** What the variance is divided by: fan-in, fan-out or their mean. */
export type FanMode = 'fanIn' | 'fanOut' | 'fanAvg'

export type ScaledDistribution = 'truncatedNormal' | 'untruncatedNormal' | 'uniform'

/** Standard deviation of a standard normal truncated to ±2. */
const TRUNCATED_DEVIATION = 0.8796256610342398

/**
 * Keras's VarianceScaling: variance `scale / n`, where n ≥ 1 is the fan that `mode` names. Normal ones are truncated
 * at two deviations and widened so that the variance holds after truncation; uniform ones are on ±√(3 · scale / n).
 */
export function scaled(scale: number, mode: FanMode, distribution: ScaledDistribution): Initializer {
  return (shape, stream) => {
    const { fanIn, fanOut } = fans(shape)
    const fan = { fanIn, fanOut, fanAvg: (fanIn + fanOut) / 2 }[mode]
    const variance = scale / Math.max(1, fan)
    const out = new Float32Array(sizeOf(shape))
    if (distribution === 'truncatedNormal')
      return stream.truncatedNormal(out, 0, Math.sqrt(variance) / TRUNCATED_DEVIATION)
    if (distribution === 'untruncatedNormal') return stream.normal(out, 0, Math.sqrt(variance))
    const limit = Math.sqrt(3 * variance)
    return stream.uniform(out, -limit, limit)
  }
}

/** Options of random initializers elsewhere. */
export const seeded = { seed: 'the seed of the run decides, fit(…, { seed })' }
