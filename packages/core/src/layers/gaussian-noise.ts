import { add, mul } from '@tensorflow/tfjs-core'
import { defineLayer } from '../define-layer'
import { nonNegative } from '../schemas'

/**
 * Adds normal noise of deviation `stddev` while training; otherwise the input passes through: `[batch, …]` → the same
 * shape. Draws from `${path}/noise`.
 */
export const gaussianNoise = defineLayer({
  type: 'gaussianNoise',
  description: 'adds normal noise while training',
  aliases: { type: ['noise'], options: { stddev: ['std', 'sigma'] } },
  options: { stddev: nonNegative },
  build: ({ stddev }, { inputShape, path }) => ({
    outputShape: inputShape,
    traits: { noise: 'added' },
    apply: ({ input, mask, context }) => {
      if (!context.training || stddev === 0) return { output: input, mask }
      return { output: add(input, mul(context.random.normal(`${path}/noise`, input.shape), stddev)), mask }
    },
  }),
})
