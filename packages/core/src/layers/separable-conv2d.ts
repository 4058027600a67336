import { conv2d, depthwiseConv2d, type Tensor4D } from '@tensorflow/tfjs-core'
import { defineLayer } from '../define-layer'
import { dilateKernel } from '../ops/dilate-kernel'
import { initializerSpec, positiveInt, regularizerSpec } from '../schemas'
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

const { kernelInitializer: _, kernelRegularizer: __, ...shared } = convolutionOptions

/**
 * A depthwise convolution followed by one of 1 × 1 that mixes the channels: `[batch, h, w, channels]` →
 * `[batch, h′, w′, filters]`, with far fewer weights than `conv2d`.
 */
export const separableConv2d = defineLayer({
  type: 'separableConv2d',
  description: 'convolution of each channel, then across channels',
  aliases: { options: convolutionNames, absent: convolutionAbsent },
  options: {
    filters: positiveInt,
    kernelSize: pairOption(),
    strides: pairOption().default(1),
    padding: paddingOption(),
    dilationRate: pairOption().default(1),
    depthMultiplier: positiveInt.default(1),
    depthwiseInitializer: initializerSpec().prefault('glorotUniform'),
    pointwiseInitializer: initializerSpec().prefault('glorotUniform'),
    depthwiseRegularizer: regularizerSpec().optional(),
    pointwiseRegularizer: regularizerSpec().optional(),
    ...shared,
  },
  build: (spec, site) => {
    const { registry } = site
    const { filters, padding, depthMultiplier } = spec
    const { size, strides, dilation, channels, extents } = convolutionGeometry(spec, site)
    const activation = registry.build('activation', spec.activation)
    return {
      outputShape: [...extents, filters],
      traits: {
        width: 'filters',
        activation: spec.activation,
        filters: { weight: 'depthwiseKernel', depthwise: true },
      },
      weights: {
        depthwiseKernel: declare(registry, [...size, channels, depthMultiplier], {
          initializer: spec.depthwiseInitializer,
          regularizer: spec.depthwiseRegularizer,
        }),
        pointwiseKernel: declare(registry, [1, 1, channels * depthMultiplier, filters], {
          initializer: spec.pointwiseInitializer,
          regularizer: spec.pointwiseRegularizer,
        }),
        ...biasWeight(registry, filters, spec),
      },
      apply: ({ input, weights }) => {
        const kernel = dilateKernel(weights.depthwiseKernel as Tensor4D, dilation)
        const depthwise = depthwiseConv2d(input as Tensor4D, kernel, strides, padding)
        const mixed = conv2d(depthwise, weights.pointwiseKernel as Tensor4D, 1, 'valid')
        return activated(activation, mixed, weights.bias)
      },
    }
  },
})
