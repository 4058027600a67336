import { conv2dTranspose as convolveTransposed, reshape, type Tensor4D } from '@tensorflow/tfjs-core'
import { z } from 'zod'
import { defineLayer } from '../define-layer'
import { SandglassError } from '../errors'
import { positiveInt } from '../schemas'
import { activated, biasWeight, convolutionAbsent, convolutionOptions, declare } from './convolution'
import { paddingOption } from './image'
import { sequenceShape } from './sequence'
import { enlarged, shrunk } from './transposed'

/**
 * The transpose of a convolution of sequences, which lengthens them: `[batch, time, features]` → `[batch, time′,
 * filters]`, with `time′ = time·stride` for `same` and `(time − 1)·stride + max(size, stride)` for `valid` padding. With
 * `outputPadding` p it is `(time − 1)·stride + size mod 2 + p` and `(time − 1)·stride + size + p`, as in Keras. The
 * kernel is `[size, filters, features]`.
 *
 * @example
 * conv1dTranspose({ filters: 1, kernelSize: 5, strides: 2, padding: 'same' }) // [batch, 25, 8] → [batch, 50, 1]
 */
export const conv1dTranspose = defineLayer({
  type: 'conv1dTranspose',
  description: 'transposed convolution of sequences, which lengthens them',
  aliases: {
    type: ['convTranspose1d', 'deconv1d'],
    options: { filters: ['outChannels'], strides: ['stride'], useBias: ['bias'] },
    absent: convolutionAbsent,
  },
  options: {
    filters: positiveInt,
    kernelSize: positiveInt,
    strides: positiveInt.default(1),
    padding: paddingOption(),
    /** Steps added at the end; which ones give whole sequences depends on the strides. */
    outputPadding: z.int().nonnegative().optional(),
    ...convolutionOptions,
  },
  build: (spec, site) => {
    const { registry, inputShape, path } = site
    const { filters, kernelSize, strides, padding, outputPadding } = spec
    const [time, features] = sequenceShape(inputShape, site, 'a transposed convolution')
    const steps = enlarged(time, kernelSize, strides, padding, outputPadding)
    const back = shrunk(steps, kernelSize, strides, padding)
    if (back !== time)
      throw new SandglassError('spec', `${path}: outputPadding does not fit the strides`, {
        got: `outputPadding ${outputPadding}, for a sequence of ${steps} whose convolution is ${back}`,
        expected: `one whose convolution is the input of ${time}`,
        advice: `Leave outputPadding out, or keep it below the strides ${strides}.`,
      })
    const activation = registry.build('activation', spec.activation)
    return {
      outputShape: [steps, filters],
      traits: { sequential: true, width: 'filters', activation: spec.activation },
      weights: {
        kernel: declare(registry, [kernelSize, filters, features], {
          initializer: spec.kernelInitializer,
          regularizer: spec.kernelRegularizer,
        }),
        ...biasWeight(registry, filters, spec),
      },
      apply: ({ input, weights }) => {
        const batch = input.shape[0]!
        const y = convolveTransposed(
          reshape(input, [batch, 1, time, features]) as Tensor4D,
          reshape(weights.kernel!, [1, kernelSize, filters, features]) as Tensor4D,
          [batch, 1, steps, filters],
          [1, strides],
          padding,
        )
        return activated(activation, reshape(y, [batch, steps, filters]), weights.bias)
      },
    }
  },
})
