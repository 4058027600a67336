import { add, matMul } from '@tensorflow/tfjs-core'
import { defineLayer } from '../define-layer'
import {
  columnwise,
  ofUnits,
  recurrentAbsent,
  recurrentLayer,
  recurrentNames,
  recurrentOptions,
  recurrentWeights,
  repeated,
} from './recurrent'

/**
 * `h ← activation(x·W + h·U + b)` over `[batch, time, features]`, giving `[batch, units]` or, with `returnSequences`,
 * `[batch, time, units]`. Steps that the mask skips leave the state as it was.
 */
export const simpleRnn = defineLayer({
  type: 'simpleRnn',
  description: 'fully connected recurrent layer over sequences',
  aliases: { type: ['rnn'], options: recurrentNames, absent: recurrentAbsent },
  options: recurrentOptions,
  build: (spec, site) => {
    const activation = ofUnits(site.registry.build('activation', spec.activation))
    const weights = recurrentWeights(spec, { ...site, what: 'a recurrent layer' }, 1)
    return recurrentLayer(spec, site, weights, (w, batch) => {
      const [kernel, recurrent] = [columnwise(w.kernel!), columnwise(w.recurrentKernel!)]
      const bias = w.bias && repeated(columnwise(w.bias), batch)
      return (x, state) => {
        const own = matMul(kernel, x)
        const input = bias ? add(own, bias) : own
        return [activation(state ? add(input, matMul(recurrent, state[0]!)) : input)]
      }
    })
  },
})
