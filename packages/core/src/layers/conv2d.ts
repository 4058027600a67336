import { conv2d as convolve, type Tensor4D } from '@tensorflow/tfjs-core'
import { defineLayer } from '../define-layer'
import { dilateKernel } from '../ops/dilate-kernel'
import { positiveInt } from '../schemas'
import {
  activated,
  biasWeight,
  convolutionAbsent,
  convolutionGeometry,
  convolutionNames,
  convolutionOptions,
  declare,
} from './convolution'
import { paddingOption, pairOption } from './image'

/**
 * `activation(x ∗ kernel + bias)`: `[batch, h, w, channels]` → `[batch, h′, w′, filters]`, with
 * `h′ = ⌈h / stride⌉` for `same` and `⌊(h − size) / stride⌋ + 1` for `valid` padding. The kernel is
 * `[kernel h, kernel w, channels, filters]`. Throws when the input is no image or smaller than the kernel.
 */
export const conv2d = defineLayer({
  type: 'conv2d',
  description: 'convolution of images',
  aliases: { type: ['convolution2d'], options: convolutionNames, absent: convolutionAbsent },
  options: {
    filters: positiveInt,
    kernelSize: pairOption(),
    strides: pairOption().default(1),
    padding: paddingOption(),
    /** Distance between the taps of the kernel. */
    dilationRate: pairOption().default(1),
    ...convolutionOptions,
  },
  build: (spec, site) => {
    const { registry } = site
    const { filters, padding } = spec
    const { size, strides, dilation, channels, extents } = convolutionGeometry(spec, site)
    const activation = registry.build('activation', spec.activation)
    return {
      outputShape: [...extents, filters],
      traits: { width: 'filters', activation: spec.activation, filters: { weight: 'kernel' } },
      weights: {
        kernel: declare(registry, [...size, channels, filters], {
          initializer: spec.kernelInitializer,
          regularizer: spec.kernelRegularizer,
        }),
        ...biasWeight(registry, filters, spec),
      },
      apply: ({ input, weights }) => {
        const kernel = dilateKernel(weights.kernel as Tensor4D, dilation)
        return activated(activation, convolve(input as Tensor4D, kernel, strides, padding), weights.bias)
      },
    }
  },
})
