import { expandDims, reshape, type Tensor, tile } from '@tensorflow/tfjs-core'
import { defineLayer } from '../define-layer'
import { SandglassError } from '../errors'
import { showShape } from '../shape'
import { buildNested, nestedOption } from './nested'
import { adviceFor } from './sequence'

/**
 * Applies one layer to every step: `[batch, time, …]` → `[batch, time, …output of the layer]`, all steps at once as a
 * batch of `batch · time`, with the side inputs of their sample. The layer stands at `0` below this one's path, where its weights are stored too.
 */
export const timeDistributed = defineLayer({
  type: 'timeDistributed',
  description: 'applies one layer to every step of a sequence',
  options: { layer: nestedOption() },
  build: (spec, site) => {
    const { inputShape, path } = site
    const [time, ...shape] = inputShape
    if (time === undefined || !shape.length)
      throw new SandglassError('shape', `${path}: timeDistributed works on sequences`, {
        got: `input of shape ${showShape(inputShape)}`,
        expected: 'input of shape [time, …], with at least one more axis',
        advice: adviceFor(inputShape, path, site.earlier),
      })
    const nested = buildNested(spec.layer, site, shape)
    const { outputShape, traits } = nested.layer
    const { activation, completes, noise, passes, penalty, rearranges } = traits
    const sequence = (rows: Tensor) => reshape(rows, [-1, time, ...outputShape])
    return {
      outputShape: [time, ...outputShape],
      weights: nested.weights,
      side: nested.side,
      traits: { sequential: true, activation, completes, noise, passes, penalty, rearranges },
      apply: ({ mask, side, ...rest }) => {
        const ofSteps = Object.entries(side).map(([name, tensor]) => [name, repeated(tensor, time)])
        const result = nested.apply({
          ...rest,
          input: reshape(rest.input, [-1, ...shape]),
          side: Object.fromEntries(ofSteps),
        })
        const { output, logits } = result
        return {
          ...result,
          output: sequence(output),
          ...(logits && { logits: { ...logits, value: sequence(logits.value) } }),
          mask,
        }
      },
    }
  },
})

/** Each row of `[batch, …]` for every step of its sample: `[batch · time, …]`. */
function repeated(x: Tensor, time: number): Tensor {
  const [batch = 1, ...shape] = x.shape
  return reshape(tile(expandDims(x, 1), [1, time, ...shape.map(() => 1)]), [batch * time, ...shape])
}
