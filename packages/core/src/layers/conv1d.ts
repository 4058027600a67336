import { conv2d, pad, reshape, type Tensor4D } from '@tensorflow/tfjs-core'
import { z } from 'zod'
import { defineLayer } from '../define-layer'
import { dilateKernel } from '../ops/dilate-kernel'
import { positiveInt } from '../schemas'
import {
  activated,
  biasWeight,
  checkDilation,
  convolutionAbsent,
  convolutionNames,
  convolutionOptions,
  declare,
} from './convolution'
import { positions } from './image'
import { sequenceShape } from './sequence'

/**
 * Convolution of sequences: `[batch, time, features]` → `[batch, time′, filters]`. `causal` padding puts all zeros
 * before the sequence, so that no step sees a later one. The kernel is `[size, features, filters]`.
 */
export const conv1d = defineLayer({
  type: 'conv1d',
  description: 'convolution of sequences',
  aliases: { type: ['convolution1d'], options: convolutionNames, absent: convolutionAbsent },
  options: {
    filters: positiveInt,
    kernelSize: positiveInt,
    strides: positiveInt.default(1),
    padding: z.enum(['valid', 'same', 'causal']).default('valid'),
    dilationRate: positiveInt.default(1),
    ...convolutionOptions,
  },
  build: (spec, site) => {
    const { registry, inputShape, path } = site
    const { filters, kernelSize, strides, dilationRate } = spec
    const [time, features] = sequenceShape(inputShape, site, 'conv1d')
    checkDilation(path, [1, strides], [1, dilationRate])
    const reach = (kernelSize - 1) * dilationRate
    const before = spec.padding === 'causal' ? reach : 0
    const padding = spec.padding === 'same' ? 'same' : 'valid'
    const what = { path, what: 'a kernel', sequence: true }
    const [, steps] = positions([1, time + before], [1, reach + 1], [1, strides], padding, what)
    const activation = registry.build('activation', spec.activation)
    return {
      outputShape: [steps, filters],
      traits: { sequential: true, width: 'filters', activation: spec.activation },
      weights: {
        kernel: declare(registry, [kernelSize, features, filters], {
          initializer: spec.kernelInitializer,
          regularizer: spec.kernelRegularizer,
        }),
        ...biasWeight(registry, filters, spec),
      },
      apply: ({ input, weights }) => {
        const x = before
          ? pad(input, [
              [0, 0],
              [before, 0],
              [0, 0],
            ])
          : input
        const kernel = reshape(weights.kernel!, [1, kernelSize, features, filters]) as Tensor4D
        const rows = reshape(x, [-1, 1, time + before, features]) as Tensor4D
        const y = conv2d(rows, dilateKernel(kernel, [1, dilationRate]), [1, strides], padding)
        return activated(activation, reshape(y, [-1, steps, filters]), weights.bias)
      },
    }
  },
})
