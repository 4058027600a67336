import { add, matMul, mul, reshape, split, sub, type Tensor, type Tensor2D } from '@tensorflow/tfjs-core'
import { z } from 'zod'
import { defineLayer } from '../define-layer'
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
 * Gated recurrent unit over `[batch, time, features]`, giving `[batch, units]` or, with `returnSequences`,
 * `[batch, time, units]`:
 *
 *     z, r = recurrentActivation(x·W + h·U + b)
 *     g = activation(x·W + b + r·(h·U + b′))            with resetAfter
 *     g = activation(x·W + b + (r·h)·U)                 without
 *     h ← z·h + (1 − z)·g
 *
 * Kernels hold the gates in Keras's order z, r, g; with `resetAfter` the bias is `[2, 3·units]`, of the inputs and of
 * the state. Steps that the mask skips leave the state as it was.
 *
 * K. Cho et al., arXiv:1406.1078.
 */
export const gru = defineLayer({
  type: 'gru',
  description: 'gated recurrent unit over sequences',
  aliases: { options: recurrentNames, absent: recurrentAbsent },
  options: {
    ...recurrentOptions,
    recurrentActivation: activationSpec().prefault('sigmoid'),
    /** Whether the reset gate acts after the product with the recurrent kernel. */
    resetAfter: z.boolean().default(true),
  },
  build: (spec, site) => {
    const { registry } = site
    const { units, resetAfter } = spec
    const sizes = [2 * units, units]
    const activation = ofUnits(registry.build('activation', spec.activation))
    const gates = gated(registry.build('activation', spec.recurrentActivation), units)
    const biasShape = resetAfter ? [2, 3 * units] : [3 * units]
    const weights = recurrentWeights(spec, { ...site, what: 'a GRU' }, 3, biasShape)
    const mixed = (update: Tensor2D, candidate: Tensor2D, h: Tensor2D | undefined): readonly Tensor2D[] => [
      h ? add(candidate, mul(update, sub(h, candidate))) : sub(candidate, mul(update, candidate)),
    ]

    return recurrentLayer(spec, site, weights, (w, batch) => {
      // Of the gates z and r, and of the candidate.
      const cut = (x: Tensor) => split(columnwise(x), sizes, 0) as Tensor2D[]
      const [kernel, ownKernel] = cut(w.kernel!)
      const [recurrent, ownRecurrent] = cut(w.recurrentKernel!)
      const biases = !w.bias
        ? []
        : resetAfter
          ? split(w.bias, 2, 0).map((b) => cut(reshape(b, [-1])))
          : [cut(w.bias)]
      const [outer, inner] = biases
      const bias = outer && repeated(inner ? add(outer[0]!, inner[0]!) : outer[0]!, batch)
      const ownBias = outer && repeated(outer[1]!, batch)
      const innerBias = inner && repeated(inner[1]!, batch)
      const plus = (x: Tensor2D, b: Tensor2D | undefined): Tensor2D => (b ? add(x, b) : x)

      return (x, state) => {
        const h = state?.[0]
        const input = plus(matMul(kernel!, x), bias)
        const [update, reset] = gates(h ? add(input, matMul(recurrent!, h)) : input)
        const own = plus(matMul(ownKernel!, x), ownBias)
        if (!resetAfter)
          return mixed(update!, activation(h ? add(own, matMul(ownRecurrent!, mul(reset!, h))) : own), h)
        // Without a state the product is 0 and only its bias is left.
        const kept = h ? plus(matMul(ownRecurrent!, h), innerBias) : innerBias
        return mixed(update!, activation(kept ? add(own, mul(reset!, kept)) : own), h)
      }
    })
  },
})
