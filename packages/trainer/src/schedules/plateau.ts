import { define, nonNegative, positive, positiveInt, SandglassError, type Scalars } from '@sandglass/core'
import { z } from 'zod'
import { monitorOptions, rises } from '../callbacks/monitor'

/**
 * Multiplied by `factor` when `monitor` has not improved by more than `minDelta` for `patience` epochs, never below
 * `minimum`; after a reduction `cooldown` epochs pass before patience is tried again. Keras's ReduceLROnPlateau, its
 * state replayed from the history. With `mode: 'auto'` accuracies and their like should rise, all else should fall.
 *
 * Epochs that do not report `monitor` are skipped, and a NaN is no improvement. Throws `SandglassError` (`spec`) when
 * there is a history and none of it reports `monitor`.
 */
export const plateauSchedule = define('schedule', {
  type: 'plateau',
  description: 'reduced when a metric has stopped improving',
  schema: z.strictObject({
    initial: positive,
    ...monitorOptions,
    factor: positive.lt(1).default(0.1),
    patience: positiveInt.default(10),
    minDelta: nonNegative.default(1e-4),
    minimum: nonNegative.default(0),
    cooldown: z.int().nonnegative().default(0),
  }),
  build: ({ initial, monitor, mode, factor, patience, minDelta, minimum, cooldown }) => {
    const rising = rises(monitor, mode)
    const improves = (value: number, best: number) =>
      rising ? value - minDelta > best : value + minDelta < best
    return ({ history }) => {
      let rate = initial
      let best = rising ? -Infinity : Infinity
      let waited = 0
      let cooling = 0
      for (const value of monitored(history, monitor)) {
        if (cooling > 0) {
          cooling--
          waited = 0
        }
        if (improves(value, best)) {
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
  },
})

function monitored(history: readonly Readonly<Scalars>[], monitor: string): number[] {
  const values = history.map((epoch) => epoch[monitor]).filter((value) => value !== undefined)
  if (history.length && !values.length)
    throw new SandglassError('spec', `plateau: the history has no "${monitor}" to monitor`, {
      got: `a history of ${Object.keys(history.at(-1)!).join(', ') || 'nothing'}`,
      advice: monitor.startsWith('val_')
        ? 'Train with validation data, or monitor something else.'
        : 'Monitor something that is reported.',
    })
  return values
}
