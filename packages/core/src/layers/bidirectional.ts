import { add, concat, expandDims, mul, reverse, type Scalar, type Tensor } from '@tensorflow/tfjs-core'
import { z } from 'zod'
import { defineLayer } from '../define-layer'
import { SandglassError } from '../errors'
import { buildNested, nestedOption } from './nested'
import { sequenceShape } from './sequence'

/**
 * A recurrent layer forwards and a copy of it, with weights of its own, backwards over `[batch, time, features]`; their
 * outputs are joined on the last axis (`concat`), added, multiplied or averaged, step by step where they are sequences.
 * Of sequences, the steps that the mask skips are 0, as in Keras.
 */
export const bidirectional = defineLayer({
  type: 'bidirectional',
  description: 'a recurrent layer in both directions of time',
  options: {
    layer: nestedOption(),
    mergeMode: z.enum(['concat', 'sum', 'mul', 'ave']).default('concat'),
  },
  build: ({ layer, mergeMode }, site) => {
    const { inputShape, path } = site
    sequenceShape(inputShape, site, 'bidirectional')
    const given = layer as { type: string; goBackwards?: boolean; returnSequences?: boolean }
    if (given.goBackwards === undefined)
      throw new SandglassError('spec', `${path}: bidirectional needs a recurrent layer`, {
        got: `layer "${given.type}", which has no goBackwards`,
        expected: 'lstm, gru or simpleRnn',
      })
    const forward = buildNested(given, site, inputShape, 'forward')
    const backward = buildNested({ ...given, goBackwards: !given.goBackwards }, site, inputShape, 'backward')
    const shape = forward.layer.outputShape
    const merged = mergers[mergeMode]
    return {
      outputShape: mergeMode === 'concat' ? [...shape.slice(0, -1), 2 * shape.at(-1)!] : shape,
      side: forward.side,
      traits: { sequential: true, lastOnly: forward.layer.traits.lastOnly },
      weights: { ...forward.weights, ...backward.weights },
      apply: (input) => {
        const ahead = forward.apply(input)
        const back = backward.apply(input)
        const other = given.returnSequences ? reverse(back.output, [1]) : back.output
        const losses = { ...ahead.losses }
        for (const [name, loss] of Object.entries(back.losses ?? {}))
          losses[name] = losses[name] ? (add(losses[name], loss) as Scalar) : loss
        const output = merged(ahead.output, other)
        const counted = ahead.mask && expandDims(ahead.mask, -1)
        return { output: counted ? mul(output, counted) : output, mask: ahead.mask, losses }
      },
    }
  },
})

const mergers: Record<'concat' | 'sum' | 'mul' | 'ave', (a: Tensor, b: Tensor) => Tensor> = {
  concat: (a, b) => concat([a, b], a.rank - 1),
  sum: add,
  mul,
  ave: (a, b) => mul(add(a, b), 0.5),
}
