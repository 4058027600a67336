import { define, positiveInt, SandglassError } from '@sandglass/core'
import { z } from 'zod'

/**
 * `values[i]` between two boundaries: `values[0]` as long as step ≤ `boundaries[0]`, and so on, as Keras's
 * PiecewiseConstantDecay. With `unit: 'epochs'` boundaries are numbers of epochs: `values[0]` in the first
 * `boundaries[0]` epochs.
 *
 * Throws `SandglassError` (`spec`) unless boundaries rise and values are one more.
 */
export const piecewiseSchedule = define('schedule', {
  type: 'piecewise',
  description: 'a constant value between given steps or epochs',
  aliases: { type: ['piecewiseConstantDecay', 'multiStepLr'], options: { boundaries: ['milestones'] } },
  schema: z.strictObject({
    boundaries: z.array(positiveInt).min(1),
    values: z.array(z.number()).min(2),
    unit: z.enum(['steps', 'epochs']).default('steps'),
  }),
  build: ({ boundaries, values, unit }) => {
    if (values.length !== boundaries.length + 1)
      throw new SandglassError('spec', 'piecewise: boundaries and values do not match', {
        got: `${boundaries.length} boundaries and ${values.length} values`,
        expected: 'one value more than boundaries',
      })
    if (boundaries.some((b, i) => i > 0 && b <= boundaries[i - 1]!))
      throw new SandglassError('spec', 'piecewise: boundaries must rise', { got: boundaries.join(', ') })
    return ({ step, epoch }) => {
      const within = boundaries.findIndex((boundary) =>
        unit === 'steps' ? step <= boundary : epoch < boundary,
      )
      return values.at(within)!
    }
  },
})
