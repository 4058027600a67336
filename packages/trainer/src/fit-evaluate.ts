import type { Dataset, Scalars, Session } from '@sandglass/core'
import { createBreather } from './fit-breathe'
import { checkedBatches } from './fit-data'
import { createMeans } from './fit-means'
import { reportedAs } from './history'

/**
 * Loss, parts and metrics of every objective over a dataset, in its order: means over batches weighted by their sizes.
 * Undefined when `signal` is aborted on the way.
 */
export async function evaluateDataset(
  session: Session,
  objectives: readonly string[],
  dataset: Dataset,
  batchSize: number,
  signal?: AbortSignal,
): Promise<Scalars | undefined> {
  const breathe = createBreather()
  const batchOf = checkedBatches(dataset)
  const result: Scalars = {}
  for (const objective of objectives) {
    const means = createMeans()
    for (let start = 0, index = 0; start < dataset.size; start += batchSize, index++) {
      if (signal?.aborted) return undefined
      const size = Math.min(batchSize, dataset.size - start)
      const batch = batchOf(Int32Array.from({ length: size }, (_, i) => start + i))
      means.add(await session.evaluate({ objective, batch, index }), size)
      await breathe()
    }
    for (const [name, value] of Object.entries(means.result()))
      result[reportedAs(objective, name, objectives.length > 1)] = value
  }
  return result
}
