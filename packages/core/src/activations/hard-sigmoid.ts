import { add, div, type Tensor } from '@tensorflow/tfjs-core'
import { z } from 'zod'
import { define } from '../definition'
import { relu6Of } from './relu6'

/** relu6(x + 3) / 6, as in Keras 3. */
export function hardSigmoidOf(x: Tensor): Tensor {
  return div(relu6Of(add(x, 3)), 6)
}

export const hardSigmoid = define('activation', {
  type: 'hardSigmoid',
  description: 'relu6(x + 3) / 6',
  schema: z.strictObject({}),
  build: () => ({ apply: hardSigmoidOf, elementwise: true, off: 'zero' }),
})
