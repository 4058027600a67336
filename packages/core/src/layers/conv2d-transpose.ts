import { conv2dTranspose as convolveTransposed, type Tensor4D } from '@tensorflow/tfjs-core'
import { z } from 'zod'
import { defineLayer } from '../define-layer'
import { SandglassError } from '../errors'
import { positiveInt } from '../schemas'
import { activated, biasWeight, convolutionAbsent, convolutionOptions, declare } from './convolution'
import { imageShape, paddingOption, pairOf, pairOption, show } from './image'
import { enlarged, shrunk } from './transposed'

/**
 * The transpose of a convolution, which enlarges images: `[batch, h, w, channels]` → `[batch, h′, w′, filters]`, with
 * `h′ = h·stride` for `same` and `(h − 1)·stride + max(size, stride)` for `valid` padding. With `outputPadding` p it is
 * `(h − 1)·stride + size mod 2 + p` and `(h − 1)·stride + size + p`, as in Keras. The kernel is
 * `[kernel h, kernel w, filters, channels]`.
 */
export const conv2dTranspose = defineLayer({
  type: 'conv2dTranspose',
  description: 'transposed convolution, which enlarges images',
  aliases: {
    type: ['convTranspose2d', 'deconv2d', 'convolution2dTranspose'],
    options: { filters: ['outChannels'], strides: ['stride'], useBias: ['bias'] },
    absent: convolutionAbsent,
  },
  options: {
    filters: positiveInt,
    kernelSize: pairOption(),
    strides: pairOption().default(1),
    padding: paddingOption(),
    /** Pixels added at the end of an axis; which ones give whole images depends on the strides. */
    outputPadding: z
      .union([z.int().nonnegative(), z.tuple([z.int().nonnegative(), z.int().nonnegative()])])
      .optional(),
    ...convolutionOptions,
  },
  build: (spec, { registry, inputShape, path }) => {
    const { filters, padding } = spec
    const [height, width, channels] = imageShape(inputShape, path, 'a transposed convolution')
    const [size, strides] = [pairOf(spec.kernelSize), pairOf(spec.strides)]
    const extra = spec.outputPadding === undefined ? undefined : pairOf(spec.outputPadding)
    const extents = [height, width].map((extent, i) =>
      enlarged(extent, size[i]!, strides[i]!, padding, extra?.[i]),
    ) as [number, number]
    const back = extents.map((extent, i) => shrunk(extent, size[i]!, strides[i]!, padding)) as [
      number,
      number,
    ]
    if (back[0] !== height || back[1] !== width)
      throw new SandglassError('spec', `${path}: outputPadding does not fit the strides`, {
        got: `outputPadding ${show(extra!)}, for an image of ${show(extents)} whose convolution is ${show(back)}`,
        expected: `one whose convolution is the input of ${show([height, width])}`,
        advice: `Leave outputPadding out, or keep it below the strides ${show(strides)}.`,
      })
    const activation = registry.build('activation', spec.activation)
    return {
      outputShape: [...extents, filters],
      traits: { width: 'filters', activation: spec.activation },
      weights: {
        kernel: declare(registry, [...size, filters, channels], {
          initializer: spec.kernelInitializer,
          regularizer: spec.kernelRegularizer,
        }),
        ...biasWeight(registry, filters, spec),
      },
      apply: ({ input, weights }) => {
        const y = convolveTransposed(
          input as Tensor4D,
          weights.kernel as Tensor4D,
          [input.shape[0]!, ...extents, filters],
          strides as [number, number],
          padding,
        )
        return activated(activation, y, weights.bias)
      },
    }
  },
})
