import { type Batch, batchShapes, type Model, type Objective } from '@sandglass/core'
import type { BatchShapes } from './step-graph'

/** The shapes of a batch, and a name for them. */
export interface BatchKey {
  readonly shapes: BatchShapes
  readonly key: string
}

/** Finds the shapes of batches for objectives; once for each record of fields. Throws `SandglassError`. */
export function createBatchKeys({ fields }: Model): (batch: Batch, objective: Objective) => BatchKey {
  const known = new WeakMap<Batch['fields'], Map<string, BatchKey & { readonly size: number }>>()
  return (batch, objective) => {
    const own = known.get(batch.fields) ?? new Map()
    let found = own.get(objective.name)
    if (found?.size !== batch.size) {
      const shapes = batchShapes(batch, objective, fields)
      found = { size: batch.size, shapes, key: JSON.stringify(shapes) }
      known.set(batch.fields, own.set(objective.name, found))
    }
    return found
  }
}
