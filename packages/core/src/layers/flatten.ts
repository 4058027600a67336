import { reshape } from '@tensorflow/tfjs-core'
import { defineLayer } from '../define-layer'
import { sizeOf } from '../shape'

/** All axes into one: `[batch, a, b, …]` → `[batch, a·b·…]`. */
export const flatten = defineLayer({
  type: 'flatten',
  description: 'all axes of a sample into one',
  options: {},
  build: (_, { inputShape }) => {
    const size = sizeOf(inputShape)
    return {
      outputShape: [size],
      traits: { rearranges: true },
      apply: ({ input }) => ({ output: reshape(input, [-1, size]) }),
    }
  },
})
