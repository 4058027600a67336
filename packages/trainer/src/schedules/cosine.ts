import { define, nonNegative, positiveInt, SandglassError } from '@sandglass/core'
import { z } from 'zod'

/**
 * Half a cosine from the top down to `alpha` times the top in `decaySteps`, then constant:
 * `top · ((1 − alpha) · ½(1 + cos(π · step / decaySteps)) + alpha)`, Keras's CosineDecay. The top is `initial`; or,
 * with a warm-up, `warmupTarget`, to which it goes linearly from `initial` in the first `warmupSteps`.
 *
 * `decaySteps` defaults to the rest of the run after the warm-up. Throws `SandglassError` (`spec`) when only one of
 * `warmupSteps` and `warmupTarget` is given.
 */
export const cosineSchedule = define('schedule', {
  type: 'cosine',
  description: 'decays along half a cosine, if wished after a warm-up',
  aliases: {
    type: ['cosineDecay', 'cosineAnnealing', 'cosineAnnealingLr'],
    options: { initial: ['initialLearningRate', 'learningRate', 'lr'], decaySteps: ['tMax', 'steps'] },
  },
  schema: z.strictObject({
    initial: z.number(),
    decaySteps: positiveInt.optional(),
    alpha: nonNegative.default(0),
    warmupSteps: positiveInt.optional(),
    warmupTarget: z.number().optional(),
  }),
  build: ({ initial, alpha, warmupTarget, ...options }) => {
    if ((options.warmupSteps === undefined) !== (warmupTarget === undefined))
      throw new SandglassError('spec', 'cosine: half a warm-up', {
        got:
          warmupTarget === undefined
            ? 'warmupSteps without warmupTarget'
            : 'warmupTarget without warmupSteps',
        expected: 'both or neither',
      })
    const warmupSteps = options.warmupSteps ?? 0
    const top = warmupTarget ?? initial
    return (progress) => {
      const { step } = progress
      if (step < warmupSteps) return initial + (top - initial) * (step / warmupSteps)
      const decaySteps = options.decaySteps ?? Math.max(1, progress.totalSteps - warmupSteps)
      const done = Math.min(1, (step - warmupSteps) / decaySteps)
      return top * ((1 - alpha) * 0.5 * (1 + Math.cos(Math.PI * done)) + alpha)
    }
  },
})
