import { define, positive, positiveInt } from '@sandglass/core'
import { z } from 'zod'

/** `initial · decayRate ^ (step / decaySteps)`, the exponent rounded down with `staircase`: Keras's ExponentialDecay. */
export const exponentialSchedule = define('schedule', {
  type: 'exponential',
  description: 'decays by a factor every so many steps',
  aliases: {
    type: ['exponentialDecay', 'exponentialLr'],
    options: { initial: ['initialLearningRate', 'learningRate', 'lr'], decayRate: ['gamma'] },
  },
  schema: z.strictObject({
    initial: z.number(),
    decaySteps: positiveInt,
    decayRate: positive,
    staircase: z.boolean().default(false),
  }),
  build:
    ({ initial, decaySteps, decayRate, staircase }) =>
    ({ step }) => {
      const exponent = step / decaySteps
      return initial * decayRate ** (staircase ? Math.floor(exponent) : exponent)
    },
})
