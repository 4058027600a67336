import { add, div, mul, type Scalar, square, sum, type Tensor } from '@tensorflow/tfjs-core'
import { absOf } from '../activations/absolute'
import { defineLayer } from '../define-layer'
import { nonNegative } from '../schemas'

/**
 * Passes its input on and adds (l1·Σ|x| + l2·Σx²) / batch to the loss, reported as `activityRegularization`:
 * `[batch, …]` → the same shape.
 */
export const activityRegularization = defineLayer({
  type: 'activityRegularization',
  description: 'adds an L1 and L2 penalty on its input to the loss',
  options: { l1: nonNegative.default(0), l2: nonNegative.default(0) },
  build: (spec, { inputShape }) => ({
    outputShape: inputShape,
    traits: { rearranges: true, completes: true, penalty: spec },
    apply: ({ input, mask }) => {
      const { l1, l2 } = spec
      const terms: Tensor[] = []
      if (l1) terms.push(mul(sum(absOf(input)), l1))
      if (l2) terms.push(mul(sum(square(input)), l2))
      if (!terms.length) return { output: input, mask }
      const penalty = div(terms.reduce(add), input.shape[0]!) as Scalar
      return { output: input, mask, losses: { activityRegularization: penalty } }
    },
  }),
})
