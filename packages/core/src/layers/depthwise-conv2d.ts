import { depthwiseConv2d as convolve, type Tensor4D } from '@tensorflow/tfjs-core'
import { defineLayer } from '../define-layer'
import { dilateKernel } from '../ops/dilate-kernel'
import { initializerSpec, positiveInt, regularizerSpec } from '../schemas'
import {
  activated,
  biasWeight,
  convolutionAbsent,
  convolutionGeometry,
  convolutionOptions,
  declare,
} from './convolution'
import { paddingOption, pairOption } from './image'

const { kernelInitializer: _, kernelRegularizer: __, ...shared } = convolutionOptions

/**
 * Convolves every channel on its own with `depthMultiplier` kernels: `[batch, h, w, channels]` →
 * `[batch, h′, w′, channels·depthMultiplier]`, the results of one channel side by side. The kernel is
 * `[kernel h, kernel w, channels, depthMultiplier]`.
 */
export const depthwiseConv2d = defineLayer({
  type: 'depthwiseConv2d',
  description: 'convolution of each channel on its own',
  aliases: {
    options: { strides: ['stride'], dilationRate: ['dilation'], useBias: ['bias'] },
    absent: convolutionAbsent,
  },
  options: {
    kernelSize: pairOption(),
    strides: pairOption().default(1),
    padding: paddingOption(),
    dilationRate: pairOption().default(1),
    depthMultiplier: positiveInt.default(1),
    depthwiseInitializer: initializerSpec().prefault('glorotUniform'),
    depthwiseRegularizer: regularizerSpec().optional(),
    ...shared,
  },
  build: (spec, site) => {
    const { registry } = site
    const { padding, depthMultiplier } = spec
    const { size, strides, dilation, channels, extents } = convolutionGeometry(spec, site)
    const activation = registry.build('activation', spec.activation)
    return {
      outputShape: [...extents, channels * depthMultiplier],
      traits: { activation: spec.activation, filters: { weight: 'kernel', depthwise: true } },
      weights: {
        kernel: declare(registry, [...size, channels, depthMultiplier], {
          initializer: spec.depthwiseInitializer,
          regularizer: spec.depthwiseRegularizer,
        }),
        ...biasWeight(registry, channels * depthMultiplier, spec),
      },
      apply: ({ input, weights }) => {
        const kernel = dilateKernel(weights.kernel as Tensor4D, dilation)
        return activated(activation, convolve(input as Tensor4D, kernel, strides, padding), weights.bias)
      },
    }
  },
})
