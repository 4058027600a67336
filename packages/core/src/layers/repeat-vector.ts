import { reshape } from '@tensorflow/tfjs-core'
import { defineLayer } from '../define-layer'
import { SandglassError } from '../errors'
import { repeat2d } from '../ops/repeat'
import { positiveInt } from '../schemas'
import { showShape } from '../shape'

/** A vector at every step of a sequence: `[batch, features]` → `[batch, n, features]`. */
export const repeatVector = defineLayer({
  type: 'repeatVector',
  description: 'repeats a vector over time',
  aliases: { options: { n: ['times'] } },
  options: {
    /** Steps of the sequence. */
    n: positiveInt,
  },
  build: ({ n }, { inputShape, path }) => {
    if (inputShape.length !== 1)
      throw new SandglassError('shape', `${path}: repeatVector repeats vectors`, {
        got: `input of shape ${showShape(inputShape)}`,
        expected: 'input of shape [features]',
        advice: 'The recurrent layer before it must return its last output only (returnSequences false).',
      })
    const features = inputShape[0]!
    return {
      outputShape: [n, features],
      traits: { passes: true },
      apply: ({ input }) => ({
        output: reshape(repeat2d(reshape(input, [-1, 1, 1, features]), n, 1), [-1, n, features]),
      }),
    }
  },
})
