import type { Spec } from './spec'
import type { HostRecord } from './tensors'

/**
 * Something that was fitted beside a model's weights and belongs to it: a scaler, a threshold, a mixture, centroids.
 * The model file keeps it under a name. `spec` and `tensors` say all there is; the registry gives them meaning when
 * they are used, so a file can be opened and saved again without the plugin that made its attachments.
 *
 * @example
 * const threshold: Attachment = { kind: 'threshold', spec: { type: 'quantile', value: 0.31 }, tensors: {} }
 */
export interface Attachment {
  /** Of the spec: `sampler`, `scaler`… */
  readonly kind: string
  readonly spec: Spec
  /** By name; names may contain `/`. */
  readonly tensors: HostRecord
  /** The plugin that defines the spec's type, as the file has it; set when a file is read. */
  readonly plugin?: { readonly name: string; readonly version: string }
}

/** By name. */
export type Attachments = Readonly<Record<string, Attachment>>
