import { z } from 'zod'

/** Options of whatever watches one name of the history. */
export const monitorOptions = {
  monitor: z.string().min(1).default('val_loss'),
  /** `auto`: accuracies and their like should rise, all else should fall. */
  mode: z.enum(['auto', 'min', 'max']).default('auto'),
}

/** Names whose values are better when higher. */
const RISING = /accuracy|precision|recall|auc$|f1/i

/** Whether higher values of what is watched are better. */
export function rises(monitor: string, mode: 'auto' | 'min' | 'max'): boolean {
  return mode === 'max' || (mode === 'auto' && RISING.test(monitor))
}

/** Whether `value` is better than `best` by more than `minDelta`; a NaN never is. */
export type Improves = (value: number, best: number | undefined) => boolean

export function improvement(monitor: string, mode: 'auto' | 'min' | 'max', minDelta = 0): Improves {
  const rising = rises(monitor, mode)
  return (value, best) => {
    if (best === undefined) return !Number.isNaN(value)
    return rising ? value - minDelta > best : value + minDelta < best
  }
}
