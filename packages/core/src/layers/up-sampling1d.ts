import { reshape } from '@tensorflow/tfjs-core'
import { defineLayer } from '../define-layer'
import { repeat2d } from '../ops/repeat'
import { positiveInt } from '../schemas'
import { sequenceShape } from './sequence'

/**
 * Lengthens sequences by repeating each step: `[batch, time, features]` → `[batch, time·size, features]`.
 *
 * @example
 * upSampling1d({ size: 2 }) // [batch, 25, 8] → [batch, 50, 8]
 */
export const upSampling1d = defineLayer({
  type: 'upSampling1d',
  description: 'lengthens sequences by repeating steps',
  options: { size: positiveInt.default(2) },
  build: ({ size }, site) => {
    const [time, features] = sequenceShape(site.inputShape, site, 'upsampling')
    return {
      outputShape: [time * size, features],
      traits: { sequential: true, passes: true },
      apply: ({ input }) => {
        const rows = reshape(input, [-1, 1, time, features])
        return { output: reshape(repeat2d(rows, 1, size), [-1, time * size, features]) }
      },
    }
  },
})
