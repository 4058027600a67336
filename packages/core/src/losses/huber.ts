import { mul, sub } from '@tensorflow/tfjs-core'
import { z } from 'zod'
import { clipOf } from '../activations/clip'
import { define } from '../definition'
import { positive } from '../schemas'
import { comparing } from './comparing'

/** d²/2 for |d| ≤ delta, delta·(|d| − delta/2) beyond; d = y − t. Huber 1964. */
export const huber = define('loss', {
  type: 'huber',
  description: 'squared error near 0, absolute error beyond delta',
  aliases: { type: ['huberLoss', 'smoothL1', 'smoothL1Loss'], options: { delta: ['beta'] } },
  schema: z.strictObject({ delta: positive.default(1) }),
  build: ({ type, delta }) =>
    comparing(type, ({ target, output }) => {
      const difference = sub(output, target)
      // With c = d limited to ±delta both branches are c·(d − c/2).
      const clipped = clipOf(difference, -delta, delta)
      return mul(clipped, sub(difference, mul(clipped, 0.5)))
    }),
})
