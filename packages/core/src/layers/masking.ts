import { any, cast, expandDims, mul, notEqual, type Tensor, zerosLike } from '@tensorflow/tfjs-core'
import { z } from 'zod'
import { withGradient } from '../activations/differentiable'
import { defineLayer } from '../define-layer'
import { sequenceShape } from './sequence'

/**
 * Marks the steps at which all features are `maskValue`: `[batch, time, features]` → the same with those steps 0, and
 * the mask `[batch, time]`, 0 there and 1 elsewhere. Recurrent layers that follow skip them; losses do not count them.
 * Steps that a mask from before does not count stay uncounted.
 */
export const masking = defineLayer({
  type: 'masking',
  description: 'marks the steps of a sequence that are only padding',
  options: { maskValue: z.number().default(0) },
  build: ({ maskValue }, site) => {
    const { inputShape } = site
    sequenceShape(inputShape, site, 'masking')
    // A comparison has no gradient in tfjs; this one's is 0.
    const counted = withGradient(
      (x) => cast(any(notEqual(x, maskValue), -1), 'float32'),
      (_, x) => zerosLike(x),
    )
    return {
      outputShape: inputShape,
      traits: { sequential: true, masks: true, passes: true },
      apply: ({ input, mask: before }) => {
        const own = counted(input)
        const mask: Tensor = before ? mul(own, before) : own
        return { output: mul(input, expandDims(mask, -1)), mask }
      },
    }
  },
})
