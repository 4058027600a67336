import type { Value } from '../graph/graph'
import { type BatchSplit, sumName } from '../parts/split-batch'
import type { Buffer } from './buffers'
import type { ElementArray, ElementType, Runtime, RuntimeSession, RuntimeTensor } from './runtime'

/** The parts of a batch, ready to run at the same time. */
export interface Parts {
  /** What they make and the rest of the graph reads, by name; overwritten by each run. */
  readonly sums: Readonly<Record<string, Buffer>>
  /** `tensorOf` gives the arrays of whole batches, and all others. `meanwhile` is called once all parts are under way. */
  run(tensorOf: (name: string) => RuntimeTensor, meanwhile?: () => void): Promise<void>
}

/** `session` runs the graph that parts go through, for all of them at once; `make` makes an array of the host. */
export function createParts(
  { Tensor }: Runtime,
  { parts, shared, part }: BatchSplit,
  session: RuntimeSession,
  make: (value: Value) => Buffer,
): Parts {
  const slices = new WeakMap<RuntimeTensor, readonly RuntimeTensor[]>()
  const lanes = Array.from({ length: parts }, () => ({
    feeds: {} as Record<string, RuntimeTensor>,
    made: Object.fromEntries(part.outputs.map(({ name, value }) => [name, make(value)])),
    fetches: {} as Record<string, RuntimeTensor>,
  }))

  /** The rows of each part, where they are. */
  function slicesOf(whole: RuntimeTensor, { shape, dtype }: Value): readonly RuntimeTensor[] {
    let found = slices.get(whole)
    if (!found) {
      const data = whole.data as ElementArray
      const size = data.length / parts
      found = lanes.map(
        (_, i) => new Tensor(dtype as ElementType, data.subarray(i * size, (i + 1) * size), shape),
      )
      slices.set(whole, found)
    }
    return found
  }

  return {
    sums: Object.fromEntries(
      lanes.flatMap(({ made }, i) =>
        Object.entries(made).map(([name, buffer]) => [sumName(i, name), buffer] as const),
      ),
    ),
    run: async (tensorOf, meanwhile) => {
      for (const { name, value } of part.inputs) {
        const tensor = tensorOf(name)
        const given = shared.has(name) ? slicesOf(tensor, value) : undefined
        lanes.forEach(({ feeds }, i) => {
          feeds[name] = given?.[i] ?? tensor
        })
      }
      for (const { made, fetches } of lanes) for (const name in made) fetches[name] = made[name]!.tensor
      // This thread takes a part itself, unless it has something else to do.
      const [first, ...others] = lanes as [(typeof lanes)[number], ...typeof lanes]
      const started = (meanwhile ? lanes : others).map(({ feeds, fetches }) => session.start!(feeds, fetches))
      const own = meanwhile ? undefined : session.run(first.feeds, first.fetches)
      meanwhile?.()
      // All have ended before any fails: they write to arrays that may be freed then.
      const ended = await Promise.allSettled([...started, own])
      for (const result of ended) if (result.status === 'rejected') throw result.reason
    },
  }
}
