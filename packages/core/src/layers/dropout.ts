import { cast, greaterEqual, mul } from '@tensorflow/tfjs-core'
import { defineLayer } from '../define-layer'
import { rate } from '../schemas'

/**
 * While training each element is set to 0 with probability `rate`, and the others are divided by `1 − rate`; otherwise
 * the input passes through: `[batch, …]` → the same shape. Draws from `${path}/noise`.
 *
 * N. Srivastava et al., Dropout: A Simple Way to Prevent Neural Networks from Overfitting, JMLR 15 (2014).
 */
export const dropout = defineLayer({
  type: 'dropout',
  description: 'drops elements at random while training',
  aliases: { options: { rate: ['p'] } },
  options: { rate },
  build: (spec, { inputShape, path }) => ({
    outputShape: inputShape,
    traits: { noise: 'multiplied' },
    apply: ({ input, mask, context }) => {
      if (!context.training || spec.rate === 0) return { output: input, mask }
      const kept = cast(
        greaterEqual(context.random.uniform(`${path}/noise`, input.shape), spec.rate),
        'float32',
      )
      return { output: mul(input, mul(kept, 1 / (1 - spec.rate))), mask }
    },
  }),
})
