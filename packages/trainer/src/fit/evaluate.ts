import type { AnyDataset, Controls, Model, Scalars, Session } from '@sandglass/core'
import { fieldsRead } from './checked-batch'
import { reportedAs } from './history'
import { createMeans } from './means'
import { readBatches } from './read-batches'
import { createYielder } from './yield-to-events'

export interface Evaluation {
  readonly objectives: readonly string[]
  readonly batchSize: number
  readonly controls: Controls
  readonly signal?: AbortSignal
}

/**
 * Loss, parts and metrics of objectives over data, in its order: means over batches weighted by their sizes. Returns
 * undefined if `signal` is aborted on the way.
 */
export async function evaluateDataset(
  session: Session,
  model: Model,
  data: AnyDataset,
  { objectives, batchSize, controls, signal }: Evaluation,
): Promise<Scalars | undefined> {
  const yieldToEvents = createYielder()
  const result: Scalars = {}
  for (const objective of objectives) {
    const means = createMeans()
    const reader = readBatches(data, { batchSize, fields: fieldsRead(data, model) })
    try {
      for (let index = 0; ; index++) {
        if (signal?.aborted) return undefined
        const taken = await reader.next()
        if (!taken) break
        const { batch } = taken
        means.add(await session.evaluate({ objective, batch, index, controls }), batch.size)
        await yieldToEvents()
      }
    } finally {
      reader.close()
    }
    for (const [name, value] of Object.entries(means.result()))
      result[reportedAs(objective, name, model.objectives.length > 1)] = value
  }
  return result
}
