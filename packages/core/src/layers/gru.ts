import { add, matMul, mul, split, sub, type Tensor, type Tensor2D } from '@tensorflow/tfjs-core'
import { z } from 'zod'
import { defineLayer } from '../define-layer'
import { activationSpec } from '../schemas'
import { gated, projected, recurrentLayer, recurrentOptions, recurrentWeights, type Step } from './recurrent'

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
  options: {
    ...recurrentOptions,
    recurrentActivation: activationSpec().default('sigmoid' as never),
    /** Whether the reset gate acts after the product with the recurrent kernel. */
    resetAfter: z.boolean().default(true),
  },
  build: (spec, site) => {
    const { registry } = site
    const { units, resetAfter } = spec
    const sizes = [2 * units, units]
    const activation = registry.build('activation', spec.activation)
    const gates = gated(
      registry.build('activation', spec.recurrentActivation),
      spec.recurrentActivation,
      units,
    )
    const biasShape = resetAfter ? [2, 3 * units] : [3 * units]
    const weights = recurrentWeights(spec, { ...site, what: 'a GRU' }, 3, biasShape)
    const mixed = (update: Tensor, candidate: Tensor, h: Tensor | undefined) => [
      h ? add(candidate, mul(update, sub(h, candidate))) : sub(candidate, mul(update, candidate)),
    ]

    return recurrentLayer(spec, site, weights, ({ input, weights: w }) => {
      const biases = resetAfter && w.bias ? split(w.bias, 2, 0) : []
      const inputBias = resetAfter ? biases[0] : w.bias
      const projections = split(projected(input, w.kernel!, inputBias), sizes, 1)
      const after: Step = ([x, own], state) => {
        const product = state && matMul(state[0] as Tensor2D, w.recurrentKernel as Tensor2D)
        // Without a state the product is 0 and only its bias is left.
        const inner = product && biases[1] ? add(product, biases[1]) : (product ?? biases[1])
        const [innerGates, innerOwn] = inner ? split(inner, sizes, 1) : []
        const [update, reset] = gates(innerGates ? add(x!, innerGates) : x!)
        const candidate = activation.apply(innerOwn ? add(own!, mul(reset!, innerOwn)) : own!)
        return mixed(update!, candidate, state?.[0])
      }
      const [ofGates, ofOwn] = resetAfter ? [] : split(w.recurrentKernel as Tensor2D, sizes, 1)
      const before: Step = ([x, own], state) => {
        const h = state?.[0] as Tensor2D | undefined
        const [update, reset] = gates(h ? add(x!, matMul(h, ofGates!)) : x!)
        const candidate = activation.apply(h ? add(own!, matMul(mul(reset!, h), ofOwn!)) : own!)
        return mixed(update!, candidate, h)
      }
      return { projections, step: resetAfter ? after : before }
    })
  },
})
