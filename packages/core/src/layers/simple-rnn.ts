import { add, matMul, type Tensor2D } from '@tensorflow/tfjs-core'
import { defineLayer } from '../define-layer'
import { projected, recurrentLayer, recurrentOptions, recurrentWeights } from './recurrent'

/**
 * `h ← activation(x·W + h·U + b)` over `[batch, time, features]`, giving `[batch, units]` or, with `returnSequences`,
 * `[batch, time, units]`. Steps that the mask skips leave the state as it was.
 */
export const simpleRnn = defineLayer({
  type: 'simpleRnn',
  description: 'fully connected recurrent layer over sequences',
  options: recurrentOptions,
  build: (spec, site) => {
    const activation = site.registry.build('activation', spec.activation)
    const weights = recurrentWeights(spec, { ...site, what: 'a recurrent layer' }, 1)
    return recurrentLayer(spec, site, weights, ({ input, weights: w }) => ({
      projections: [projected(input, w.kernel!, w.bias)],
      step: ([x], state) => [
        activation.apply(state ? add(x!, matMul(state[0] as Tensor2D, w.recurrentKernel as Tensor2D)) : x!),
      ],
    }))
  },
})
