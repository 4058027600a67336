import type { Batch, Channel, Session } from '@sandglass/core'
import type { Run } from '../callbacks/callback'
import type { FitEvent } from './events'
import type { Plan } from './plan'
import type { Progress } from './progress'
import type { SetFields } from './set-fields'

/** A run under way: what its loop works with. */
export interface Loop {
  readonly plan: Plan
  readonly session: Session
  readonly progress: Progress
  readonly run: Run
  readonly channel: Channel<FitEvent>
  readonly signal?: AbortSignal
  /** The data, with the fields that were set while training. */
  readonly fields: { readonly train: SetFields; readonly validation?: SetFields }
  /** Told of each batch before its updates. */
  readonly onBatch: (batch: Batch) => void
}
