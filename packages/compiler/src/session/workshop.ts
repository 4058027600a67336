import type { Batch, Objective, Program } from '@sandglass/core'
import type { Graph } from '../graph/graph'
import type { BatchKey } from './batch-keys'
import type { CompiledGraph, StateNames } from './compiled-graph'
import type { CompiledState } from './compiled-state'

/** What the calls of a compiled engine work with. */
export interface Workshop {
  readonly program: Program
  readonly state: CompiledState
  keyOf(batch: Batch, objective: Objective): BatchKey
  /** The graph for this purpose and key, compiled at its first use. */
  compiled(what: string, key: string, isState: StateNames, make: () => Graph): Promise<CompiledGraph>
  /** Whether state is on a device, out of reach. */
  readonly onDevice: boolean
}
