import { defineLayer } from '../define-layer'
import { averagePool } from '../ops/average-pool'
import { poolingOptions, poolShape } from './pooling'

/**
 * The mean of every channel in windows of `poolSize`: `[batch, h, w, channels]` → `[batch, h′, w′, channels]`. Padding
 * is not counted in the means.
 */
export const averagePooling2d = defineLayer({
  type: 'averagePooling2d',
  description: 'means of windows of an image',
  aliases: { type: ['avgPool2d'], options: { poolSize: ['kernelSize'], strides: ['stride'] } },
  options: poolingOptions,
  build: (spec, site) => {
    const { size, strides, outputShape } = poolShape(spec, site)
    return {
      outputShape,
      traits: { passes: true },
      apply: ({ input }) => ({ output: averagePool(input, size, strides, spec.padding) }),
    }
  },
})
