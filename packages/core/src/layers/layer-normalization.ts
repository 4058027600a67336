import { add, div, mean, mul, sqrt, square, sub } from '@tensorflow/tfjs-core'
import { z } from 'zod'
import { defineLayer } from '../define-layer'
import { SandglassError } from '../errors'
import { initializerSpec, positive, regularizerSpec } from '../schemas'
import { showShape } from '../shape'
import { declare } from './convolution'

/**
 * `gamma·(x − mean)/√(variance + epsilon) + beta`, with mean and variance over the last axis of each sample: the same
 * shape. Unlike batch normalization it is the same in and out of training and depends on no other sample.
 *
 * J. Ba, J. Kiros and G. Hinton, arXiv:1607.06450.
 */
export const layerNormalization = defineLayer({
  type: 'layerNormalization',
  description: 'normalises each sample over its features',
  aliases: {
    type: ['layerNorm'],
    options: { epsilon: ['eps'] },
    absent: { axis: 'it is always the last axis', normalizedShape: 'it comes from the input' },
  },
  options: {
    epsilon: positive.default(1e-3),
    /** Whether there is a `beta`. */
    center: z.boolean().default(true),
    /** Whether there is a `gamma`. */
    scale: z.boolean().default(true),
    betaInitializer: initializerSpec().prefault('zeros'),
    gammaInitializer: initializerSpec().prefault('ones'),
    betaRegularizer: regularizerSpec().optional(),
    gammaRegularizer: regularizerSpec().optional(),
  },
  build: (spec, { registry, inputShape, path }) => {
    const features = inputShape.at(-1)
    if (features === undefined)
      throw new SandglassError('shape', `${path}: layer normalization needs at least one axis`, {
        got: `input of shape ${showShape(inputShape)}`,
      })
    const { epsilon, center, scale } = spec
    const gamma = { initializer: spec.gammaInitializer, regularizer: spec.gammaRegularizer }
    const beta = { initializer: spec.betaInitializer, regularizer: spec.betaRegularizer }
    return {
      outputShape: inputShape,
      traits: { completes: true },
      weights: {
        ...(scale && { gamma: declare(registry, [features], gamma) }),
        ...(center && { beta: declare(registry, [features], beta) }),
      },
      apply: ({ input, weights, mask }) => {
        const centred = sub(input, mean(input, -1, true))
        const deviation = sqrt(add(mean(square(centred), -1, true), epsilon))
        const normal = div(centred, deviation)
        const scaled = weights.gamma ? mul(normal, weights.gamma) : normal
        return { output: weights.beta ? add(scaled, weights.beta) : scaled, mask }
      },
    }
  },
})
