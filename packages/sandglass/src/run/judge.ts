import type { Monitored } from '@sandglass/core'
import { improves } from '@sandglass/trainer'

/** How a run did by the figure that it is judged by. */
export interface Judgement extends Monitored {
  /** The epoch, from 1, and its value. */
  readonly best: { readonly epoch: number; readonly value: number }
  /** That of the last epoch that reports it. */
  readonly last: number
}

/** Undefined if no epoch reports the figure. */
export function judge(
  history: readonly Readonly<Record<string, number>>[],
  { name: asked, mode }: Monitored,
): Judgement | undefined {
  const name = history.some((entry) => asked in entry) ? asked : asked.replace(/^val_/, '')
  const values = history.flatMap((entry, i) =>
    entry[name] === undefined ? [] : [{ epoch: entry.epoch ?? i + 1, value: entry[name] }],
  )
  const [first, ...rest] = values
  if (!first) return undefined
  const best = rest.reduce(
    (a, b) => (Number.isNaN(a.value) || improves(b.value, a.value, mode) ? b : a),
    first,
  )
  return { name, mode, best, last: values.at(-1)!.value }
}
