import { defineLayer, positiveInt } from '@sandglass/core'
import { add, matMul, max, reshape, type Tensor } from '@tensorflow/tfjs-core'

/**
 * The largest of several linear functions: `[batch, n]` to `[batch, units]`, hᵢ = maxⱼ (x·W + b)ᵢⱼ.
 * Goodfellow et al., Maxout Networks, 2013.
 */
export const maxout = defineLayer({
  type: 'rings/maxout',
  description: 'the largest of several linear functions',
  options: { units: positiveInt, pieces: positiveInt.default(2) },
  build: ({ units, pieces }, { inputShape, registry }) => ({
    outputShape: [units],
    weights: {
      kernel: {
        shape: [inputShape[0]!, units * pieces],
        initializer: registry.build('initializer', 'glorotUniform'),
      },
      bias: { shape: [units * pieces], initializer: registry.build('initializer', 'zeros') },
    },
    apply: ({ input, weights }) => {
      const linear: Tensor = add(matMul(input, weights.kernel!), weights.bias!)
      return { output: max(reshape(linear, [-1, units, pieces]), -1) }
    },
  }),
})
