import { add, concat, matMul, mul, split, type Tensor2D } from '@tensorflow/tfjs-core'
import { z } from 'zod'
import { defineLayer } from '../define-layer'
import type { Initializer } from '../initializer'
import { activationSpec } from '../schemas'
import {
  columnwise,
  gated,
  ofUnits,
  recurrentAbsent,
  recurrentLayer,
  recurrentNames,
  recurrentOptions,
  recurrentWeights,
  repeated,
} from './recurrent'

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
  aliases: { options: recurrentNames, absent: recurrentAbsent },
  options: {
    ...recurrentOptions,
    recurrentActivation: activationSpec().prefault('sigmoid'),
    /** Starts the forget gate's bias at 1. */
    unitForgetBias: z.boolean().default(true),
  },
  build: (spec, site) => {
    const { registry } = site
    const { units } = spec
    const activation = ofUnits(registry.build('activation', spec.activation))
    const gates = gated(registry.build('activation', spec.recurrentActivation), units)
    const weights = recurrentWeights(spec, { ...site, what: 'an LSTM' }, 4)
    if (weights.bias && spec.unitForgetBias)
      weights.bias = { ...weights.bias, initializer: withForgetBias(weights.bias.initializer, units) }

    return recurrentLayer(spec, site, weights, (w, batch) => {
      const kernel = gatesFirst(columnwise(w.kernel!), units)
      const recurrent = gatesFirst(columnwise(w.recurrentKernel!), units)
      const bias = w.bias && repeated(gatesFirst(columnwise(w.bias), units), batch)
      return (x, state) => {
        const own = matMul(kernel, x)
        const input = bias ? add(own, bias) : own
        const all = state ? add(input, matMul(recurrent, state[0]!)) : input
        const [three, candidate] = split(all, [3 * units, units], 0) as Tensor2D[]
        const [i, f, o] = gates(three!)
        const added = mul(i!, activation(candidate!))
        const cell = (state ? add(mul(f!, state[1]!), added) : added) as Tensor2D
        return [mul(o!, activation(cell)), cell]
      }
    })
  },
})

/** The rows i, f, g, o in the order i, f, o, g: the three that take the same activation one below the other. */
function gatesFirst(w: Tensor2D, units: number): Tensor2D {
  const [inputForget, candidate, output] = split(w, [2 * units, units, units], 0)
  return concat([inputForget!, output!, candidate!], 0) as Tensor2D
}

function withForgetBias(initializer: Initializer, units: number): Initializer {
  return (shape, stream) => initializer(shape, stream).fill(1, units, 2 * units)
}
