import type { Network } from './network'
import type { Procedure } from './procedure'
import type { Registry } from './registry'
import type { Shape } from './shape'
import type { Training } from './training'

/** What is known of the data when a model is built. */
export interface ModelSite {
  readonly registry: Registry
  /** Shapes of the data's fields without the batch: `{ input: [28, 28], label: [] }`. */
  readonly fields: Readonly<Record<string, Shape>>
}

/** What a model spec builds into: everything that a backend needs, and nothing that knows a backend. */
export interface Model extends Network {
  /** What loops over the functions: sampling element by element, clustering, fitting. */
  readonly procedures?: Readonly<Record<string, Procedure>>
  /** How it is trained, unless it is told otherwise. */
  readonly training?: Training
}

declare module './kinds' {
  interface Kinds {
    model: { built: Model; site: ModelSite }
  }
}
