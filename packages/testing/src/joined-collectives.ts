import { type Collective, meanOfShards, type Shard } from '@sandglass/core'

/**
 * Collectives for sessions of one process that train together: an `allReduce` waits until all `count` have called, and
 * gives each the mean.
 *
 * @example
 * const [left, right] = joinedCollectives(2).map((collective) => backend.open({ ...program, collective }))
 */
export function joinedCollectives(count: number): Collective[] {
  let waiting: { readonly shard: Shard; readonly settle: (all: readonly Shard[]) => void }[] = []
  const join = (shard: Shard): Promise<readonly Shard[]> =>
    new Promise((settle) => {
      waiting.push({ shard, settle })
      if (waiting.length < count) return
      const all = waiting
      waiting = []
      for (const each of all) each.settle(all.map(({ shard: one }) => one))
    })
  return Array.from({ length: count }, () => ({
    allReduce: async (values, samples) => meanOfShards(await join({ values, samples })),
  }))
}
