import { type Controls, type Dataset, type Model, range, type Scalars, type Session } from '@sandglass/core'
import { checkedBatches } from './data'
import { reportedAs } from './history'
import { createMeans } from './means'
import { createYielder } from './yield-to-events'

export interface Evaluation {
  readonly objectives: readonly string[]
  readonly batchSize: number
  readonly controls: Controls
  readonly signal?: AbortSignal
}

/**
 * Loss, parts and metrics of objectives over a dataset, in its order: means over batches weighted by their sizes.
 * Returns undefined if `signal` is aborted on the way.
 */
export async function evaluateDataset(
  session: Session,
  model: Model,
  dataset: Dataset,
  { objectives, batchSize, controls, signal }: Evaluation,
): Promise<Scalars | undefined> {
  const yieldToEvents = createYielder()
  const batchOf = checkedBatches(dataset, model)
  const result: Scalars = {}
  for (const objective of objectives) {
    const means = createMeans()
    for (let start = 0, index = 0; start < dataset.size; start += batchSize, index++) {
      if (signal?.aborted) return undefined
      const size = Math.min(batchSize, dataset.size - start)
      const batch = await batchOf(range(start, start + size))
      means.add(await session.evaluate({ objective, batch, index, controls }), size)
      await yieldToEvents()
    }
    for (const [name, value] of Object.entries(means.result()))
      result[reportedAs(objective, name, model.objectives.length > 1)] = value
  }
  return result
}
