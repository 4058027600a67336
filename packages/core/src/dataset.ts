import type { Batch } from './batch'
import type { Anywhere } from './kinds'
import type { Shape } from './shape'
import type { TypedArray } from './tensors'

/** One field of a dataset: `[size, …shape]`, stored compactly; values are `data * scale + offset` once batched. */
export interface Field {
  readonly shape: Shape
  readonly data: TypedArray
  /** Default 1. */
  readonly scale?: number
  /** Default 0. */
  readonly offset?: number
}

/**
 * Random-access samples with named fields. `input` is what a model sees; `target` what it should produce (default:
 * the input); `label` a class; `mask` which steps or entries count.
 */
export interface Dataset {
  readonly name: string
  readonly size: number
  readonly fields: Readonly<Record<string, Field>>
  /** The samples at `indices`, in that order. */
  batch(indices: ArrayLike<number>): Batch
}

/** Samples that come one batch at a time and cannot be counted or shuffled. */
export interface StreamedDataset {
  readonly name: string
  readonly shapes: Readonly<Record<string, Shape>>
  batches(batchSize: number): AsyncIterable<Batch>
}

export interface Splits {
  readonly train: Dataset
  readonly validation?: Dataset
  readonly test?: Dataset
  /** Which data this really is, in a sentence for people. */
  readonly provenance?: string
}

declare module './kinds' {
  interface Kinds {
    dataset: { built: Promise<Splits>; site: Anywhere }
  }
}
