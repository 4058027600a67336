import { define, nonNegative, positive, positiveInt } from '@sandglass/core'
import { z } from 'zod'

/** `initial · factorᵏ`, with k = ⌊epoch / every⌋: multiplied by `factor` after every `every` epochs. */
export const stepSchedule = define('schedule', {
  type: 'step',
  description: 'multiplied by a factor every few epochs',
  aliases: {
    type: ['stepDecay', 'stepLr'],
    options: {
      initial: ['initialLearningRate', 'learningRate', 'lr'],
      every: ['stepSize'],
      factor: ['gamma', 'dropRate'],
    },
  },
  schema: z.strictObject({
    initial: positive,
    /** Epochs. */
    every: positiveInt,
    factor: positive.default(0.1),
    /** Never below this. */
    minimum: nonNegative.default(0),
  }),
  build:
    ({ initial, every, factor, minimum }) =>
    ({ epoch }) =>
      Math.max(minimum, initial * factor ** Math.floor(epoch / every)),
})
