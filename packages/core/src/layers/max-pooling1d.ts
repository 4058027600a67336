import { maxPool, type Tensor4D } from '@tensorflow/tfjs-core'
import { defineLayer } from '../define-layer'
import { pooling1d, pooling1dOptions } from './pooling1d'

/**
 * The maximum of every feature in windows of `poolSize` steps: `[batch, time, features]` → `[batch, time′, features]`.
 * Differentiable twice; among equal maxima of a window the first gets the gradient.
 *
 * @example
 * autoencoder({
 *   encoder: [conv1d({ filters: 8, kernelSize: 5, padding: 'same', activation: 'relu' }), maxPooling1d({ poolSize: 2 })],
 *   decoder: [upSampling1d({ size: 2 }), conv1d({ filters: 1, kernelSize: 5, padding: 'same' })],
 * })
 */
export const maxPooling1d = defineLayer({
  type: 'maxPooling1d',
  description: 'maxima of windows of a sequence',
  aliases: { type: ['maxPool1d'], options: { poolSize: ['kernelSize'], strides: ['stride'] } },
  options: pooling1dOptions,
  build: (spec, site) => {
    const { size, strides, outputShape, through } = pooling1d(spec, site)
    return {
      outputShape,
      traits: { sequential: true, passes: true },
      apply: ({ input }) => ({
        output: through(input, (rows) =>
          maxPool(rows as Tensor4D, size as [number, number], strides as [number, number], spec.padding),
        ),
      }),
    }
  },
})
