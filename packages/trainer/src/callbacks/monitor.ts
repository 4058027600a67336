import type { Monitor, Monitored } from '@sandglass/core'
import { z } from 'zod'

/** Options of whatever watches one figure of the history. */
export const monitorOptions = {
  /** Default: the figure by which the run is judged. */
  monitor: z.string().min(1).optional(),
  /** `auto`: higher values of accuracies and their like are better, lower ones of all else. */
  mode: z.enum(['auto', 'min', 'max']).default('auto'),
}

interface MonitorChoice {
  readonly monitor?: string
  readonly mode: 'auto' | 'min' | 'max'
}

/** Names whose values are better when higher. */
const RISING = /accuracy|precision|recall|auc$|f1/i

/** A monitor with its mode decided. */
export function monitored({ name, mode = 'auto' }: Monitor): Monitored {
  return { name, mode: mode !== 'auto' ? mode : RISING.test(name) ? 'max' : 'min' }
}

/** What options watch in a run that is judged by `own`. */
export function chosenMonitor({ monitor, mode }: MonitorChoice, own: Monitored): Monitored {
  if (monitor !== undefined) return monitored({ name: monitor, mode })
  return mode === 'auto' ? own : { ...own, mode }
}

/** Whether `value` is better than `best` by more than `minDelta`; a NaN never is. */
export function improves(
  value: number,
  best: number | undefined,
  mode: Monitored['mode'],
  minDelta = 0,
): boolean {
  if (best === undefined) return !Number.isNaN(value)
  return mode === 'max' ? value - minDelta > best : value + minDelta < best
}
