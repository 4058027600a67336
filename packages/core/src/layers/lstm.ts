import { add, concat, matMul, mul, split, type Tensor, type Tensor2D } from '@tensorflow/tfjs-core'
import { z } from 'zod'
import { defineLayer } from '../define-layer'
import type { Initializer } from '../initializer'
import { activationSpec } from '../schemas'
import { gated, projected, recurrentLayer, recurrentOptions, recurrentWeights } from './recurrent'

/**
 * Long short-term memory over `[batch, time, features]`, giving `[batch, units]` or, with `returnSequences`,
 * `[batch, time, units]`:
 *
 *     i, f, o = recurrentActivation(x·W + h·U + b)      g = activation(x·W + h·U + b)
 *     c ← f·c + i·g      h ← o·activation(c)
 *
 * Kernels hold the gates in Keras's order i, f, g, o. Steps that the mask skips leave the state as it was.
 *
 * S. Hochreiter and J. Schmidhuber 1997; forget gates of F. Gers et al. 2000.
 */
export const lstm = defineLayer({
  type: 'lstm',
  description: 'long short-term memory over sequences',
  options: {
    ...recurrentOptions,
    recurrentActivation: activationSpec().default('sigmoid' as never),
    /** Starts the forget gate's bias at 1. */
    unitForgetBias: z.boolean().default(true),
  },
  build: (spec, site) => {
    const { registry } = site
    const { units } = spec
    const activation = registry.build('activation', spec.activation)
    const gates = gated(
      registry.build('activation', spec.recurrentActivation),
      spec.recurrentActivation,
      units,
    )
    const weights = recurrentWeights(spec, { ...site, what: 'an LSTM' }, 4)
    if (weights.bias && spec.unitForgetBias)
      weights.bias = { ...weights.bias, initializer: withForgetBias(weights.bias.initializer, units) }

    return recurrentLayer(spec, site, weights, ({ input, weights: w }) => {
      const recurrent = gatesFirst(w.recurrentKernel!, units) as Tensor2D
      return {
        projections: [projected(input, gatesFirst(w.kernel!, units), w.bias && gatesFirst(w.bias, units))],
        step: ([x], state) => {
          const all = state ? add(x!, matMul(state[0] as Tensor2D, recurrent)) : x!
          const [three, candidate] = split(all, [3 * units, units], 1)
          const [i, f, o] = gates(three!)
          const added = mul(i!, activation.apply(candidate!))
          const cell = state ? add(mul(f!, state[1]!), added) : added
          return [mul(o!, activation.apply(cell)), cell]
        },
      }
    })
  },
})

/** The columns i, f, g, o in the order i, f, o, g: the three that take the same activation side by side. */
function gatesFirst(w: Tensor, units: number): Tensor {
  const axis = w.rank - 1
  const [inputForget, candidate, output] = split(w, [2 * units, units, units], axis)
  return concat([inputForget!, output!, candidate!], axis)
}

function withForgetBias(initializer: Initializer, units: number): Initializer {
  return (shape, stream) => initializer(shape, stream).fill(1, units, 2 * units)
}
