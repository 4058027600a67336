import type { Anywhere } from './kinds'
import type { Streams } from './random/streams'
import type { Shape } from './shape'
import type { HostRecord, HostTensor, Scalars } from './tensors'

/** What a sampler is fitted to. */
export interface SamplerFit {
  /** Codes of data `[samples, …latent]`. */
  readonly codes: HostTensor
  /** Random streams for what is random in fitting. */
  readonly streams: Streams
  /** Aborted when the caller does not want the result any more; `progress` then throws its reason. */
  readonly signal: AbortSignal
  /** Tells how far the work is: `done` of `total`. */
  progress(done: number, total?: number, figures?: Scalars): void
}

/** Which codes to draw. */
export interface SamplerDraw {
  /** What was fitted; empty for a sampler that is not. */
  readonly tensors: HostRecord
  readonly size: number
  /** Of one code. */
  readonly shape: Shape
  readonly streams: Streams
  /** Step of the streams: each draw is another one. */
  readonly draw: number
}

/**
 * Draws codes that a decoder turns into samples: from the prior that a model was trained with, or from a distribution
 * fitted to the codes of data afterwards. What is fitted is kept with the model as an attachment.
 */
export interface Sampler {
  /** Fits to the codes of data; absent where there is nothing to fit. */
  fit?(input: SamplerFit): Promise<HostRecord>
  /** `[size, …shape]`. The first codes of a draw do not depend on how many are asked for. */
  sample(input: SamplerDraw): HostTensor
}

declare module './kinds' {
  interface Kinds {
    sampler: { built: Sampler; site: Anywhere }
  }
}
