import { define, nonNegative, positive, positiveInt, type Schedule } from '@sandglass/core'
import { z } from 'zod'
import { chosenMonitor, improves, monitorOptions } from '../callbacks/monitor'

/**
 * Multiplied by `factor` when `monitor` (by default the figure by which the run is judged) has not improved by more than
 * `minDelta` for `patience` epochs, never below `minimum`; after a reduction `cooldown` epochs pass before patience is
 * tried again. Keras's ReduceLROnPlateau, its state replayed from the history.
 *
 * Epochs that do not report `monitor` are skipped, and a NaN is no improvement.
 */
export const plateauSchedule = define('schedule', {
  type: 'plateau',
  description: 'reduced when a metric has stopped improving',
  aliases: {
    type: ['reduceLrOnPlateau'],
    options: {
      initial: ['initialLearningRate', 'learningRate', 'lr'],
      minDelta: ['threshold'],
      minimum: ['minLr'],
    },
  },
  schema: z.strictObject({
    initial: positive,
    ...monitorOptions,
    factor: positive.lt(1).default(0.1),
    patience: positiveInt.default(10),
    minDelta: nonNegative.default(1e-4),
    minimum: nonNegative.default(0),
    cooldown: z.int().nonnegative().default(0),
  }),
  build: ({ initial, factor, patience, minDelta, minimum, cooldown, ...choice }) => {
    const schedule: Schedule = ({ history, monitor }) => {
      const { name, mode } = chosenMonitor(choice, monitor)
      let rate = initial
      let best = mode === 'max' ? -Infinity : Infinity
      let waited = 0
      let cooling = 0
      for (const { [name]: value } of history) {
        if (value === undefined) continue
        if (cooling > 0) {
          cooling--
          waited = 0
        }
        if (improves(value, best, mode, minDelta)) {
          best = value
          waited = 0
        } else if (cooling === 0 && ++waited >= patience && rate > minimum) {
          rate = Math.max(rate * factor, minimum)
          cooling = cooldown
          waited = 0
        }
      }
      return rate
    }
    return Object.assign(schedule, { monitors: (own: string) => [choice.monitor ?? own] })
  },
})
