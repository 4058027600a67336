import { defineLayer } from '../define-layer'
import { averagePool } from '../ops/average-pool'
import { pooling1d, pooling1dOptions } from './pooling1d'

/**
 * The mean of every feature in windows of `poolSize` steps: `[batch, time, features]` → `[batch, time′, features]`.
 * Padding is not counted in the means.
 *
 * @example
 * averagePooling1d({ poolSize: 4 }) // [batch, 100, 3] → [batch, 25, 3]
 */
export const averagePooling1d = defineLayer({
  type: 'averagePooling1d',
  description: 'means of windows of a sequence',
  aliases: { type: ['avgPool1d'], options: { poolSize: ['kernelSize'], strides: ['stride'] } },
  options: pooling1dOptions,
  build: (spec, site) => {
    const { size, strides, outputShape, through } = pooling1d(spec, site)
    return {
      outputShape,
      traits: { sequential: true, passes: true },
      apply: ({ input }) => ({
        output: through(input, (rows) => averagePool(rows, size, strides, spec.padding)),
      }),
    }
  },
})
