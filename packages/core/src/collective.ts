import { SandglassError } from './errors'
import { sameShape, showShape } from './shape'
import type { HostRecord } from './tensors'

/**
 * What joins sessions that train one model together, each on its shard of every batch: it stands between the two halves
 * of a step. All sessions make the same calls in the same order.
 */
export interface Collective {
  /**
   * The mean of what all sessions give, by name and element, each weighted by the `samples` of its shard:
   * Σ nᵢ·xᵢ / Σ nᵢ. The arrays given are the caller's again once the promise settles. A rejection fails the step, and
   * nothing changes.
   */
  allReduce(values: HostRecord, samples: number): Promise<HostRecord>
}

/** What one session gives to an `allReduce`. */
export interface Shard {
  readonly values: HostRecord
  readonly samples: number
}

/**
 * The mean over shards that a collective gives, for who makes one. Sums are in float64.
 *
 * Throws `SandglassError` (`data`) when the shards differ in names or shapes.
 */
export function meanOfShards(shards: readonly Shard[]): HostRecord {
  const [first, ...others] = shards
  if (!first) return {}
  const total = shards.reduce((sum, { samples }) => sum + samples, 0)
  for (const { values } of others) checkAlike(values, first.values)
  return Object.fromEntries(
    Object.entries(first.values).map(([name, { shape, data }]) => {
      const sums = new Float64Array(data.length)
      for (const { values, samples } of shards)
        for (const [i, value] of values[name]!.data.entries()) sums[i]! += value * samples
      return [name, { shape, data: Float32Array.from(sums, (sum) => sum / total) }]
    }),
  )
}

function checkAlike(values: HostRecord, expected: HostRecord): void {
  const names = Object.keys(expected)
  const stray = Object.keys(values).find((name) => !Object.hasOwn(expected, name))
  const missing = names.find((name) => !Object.hasOwn(values, name))
  const differing = names.find(
    (name) => Object.hasOwn(values, name) && !sameShape(values[name]!.shape, expected[name]!.shape),
  )
  const name = stray ?? missing ?? differing
  if (name === undefined) return
  const show = (record: HostRecord) =>
    Object.hasOwn(record, name) ? `"${name}" of ${showShape(record[name]!.shape)}` : `no "${name}"`
  throw new SandglassError('data', 'the sessions of a collective do not train alike', {
    got: show(values),
    expected: show(expected),
    advice: 'Let all make the same calls on the same model, each with its shard of the batch.',
  })
}
