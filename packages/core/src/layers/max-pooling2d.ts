import { maxPool, type Tensor4D } from '@tensorflow/tfjs-core'
import { defineLayer } from '../define-layer'
import { poolingOptions, poolShape } from './pooling'

/**
 * The maximum of every channel in windows of `poolSize`: `[batch, h, w, channels]` → `[batch, h′, w′, channels]`.
 * Differentiable twice; among equal maxima of a window the first gets the gradient.
 */
export const maxPooling2d = defineLayer({
  type: 'maxPooling2d',
  description: 'maxima of windows of an image',
  aliases: { type: ['maxPool2d'], options: { poolSize: ['kernelSize'], strides: ['stride'] } },
  options: poolingOptions,
  build: (spec, site) => {
    const { size, strides, outputShape } = poolShape(spec, site)
    return {
      outputShape,
      traits: { passes: true },
      apply: ({ input }) => ({
        output: maxPool(
          input as Tensor4D,
          size as [number, number],
          strides as [number, number],
          spec.padding,
        ),
      }),
    }
  },
})
