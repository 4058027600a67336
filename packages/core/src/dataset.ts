import type { Attachments } from './attachment'
import type { Batch } from './batch'
import type { Anywhere } from './kinds'
import type { Shape } from './shape'

/** How the values of a field are stored. */
export type StorageType = 'uint8' | 'int32' | 'float32' | 'float64'

/** What one field of a dataset holds. Its values come in batches. */
export interface FieldDescription {
  /** Of one sample: `[28, 28]`, or `[]` for a single number. */
  readonly shape: Shape
  readonly dtype: StorageType
  /** Names of a sample's values, row-major: the columns of a table. */
  readonly columns?: readonly string[]
  /** Names of the classes by number, where the values are class numbers. */
  readonly classes?: readonly string[]
}

export type FieldDescriptions = Readonly<Record<string, FieldDescription>>

/**
 * Samples that can be read in any order, with named fields. `input` is what a model sees; `target` what it should
 * produce (default: the input); `label` a class; `mask` which steps or entries count. Where the values are (in memory,
 * in files, computed when asked for) is the dataset's own affair.
 */
export interface Dataset {
  readonly name: string
  readonly size: number
  readonly fields: FieldDescriptions
  /**
   * The samples at `rows` as a dataset, in that order; rows may come more than once. A view: nothing is read or copied.
   * Throws `SandglassError` (`data`) when there are no rows, or one that the dataset does not have.
   */
  select(rows: ArrayLike<number>): this
  /**
   * The samples at `rows`, in that order. A promise where they have to be read first. `fields` are those that will be
   * asked for, by default all: a dataset that reads files may leave out the others. Throws `SandglassError` (`data`) on
   * rows that the dataset does not have.
   */
  batch(rows: ArrayLike<number>, fields?: readonly string[]): Batch | Promise<Batch>
}

/** A dataset whose batches are there at once. */
export interface MemoryDataset extends Dataset {
  batch(rows: ArrayLike<number>, fields?: readonly string[]): Batch
}

export interface StreamOptions {
  /** The sample to begin with, in the stream's own order. Default 0. */
  readonly from?: number
  /** Fields that will be asked for. Default: all. */
  readonly fields?: readonly string[]
}

/**
 * Samples that come one after another, always in the same order: each call of `read` is a new pass over them. Where
 * their number is not known beforehand, it is known at the end of the first pass.
 */
export interface StreamedDataset {
  readonly name: string
  /** Number of samples in a pass, if it is known. */
  readonly size?: number
  readonly fields: FieldDescriptions
  /** The samples in chunks of any size but 0. Ending the iteration early releases what it holds. */
  read(options?: StreamOptions): AsyncIterable<Batch>
}

/** Samples, whether they can be read in any order or come one after another. */
export type AnyDataset = Dataset | StreamedDataset

/** Parts of the data that share no sample. */
export interface Splits<Part = Dataset> {
  readonly train: Part
  readonly validation?: Part
  readonly test?: Part
  /** Which data this really is, in a sentence for people. */
  readonly provenance?: string
  /** What was fitted to prepare the data: a model that is trained on them should keep it, so that others are prepared alike. */
  readonly attachments?: Attachments
  /** Set when these data stand in for others, which were asked for and could not be had. */
  readonly standIn?: StandIn
}

/** About data that could not be had, for people. */
export interface StandIn {
  /** How to get them. */
  readonly advice: string
  /** Each place that was tried and what came of it, over several lines. */
  readonly reason: string
}

declare module './kinds' {
  interface Kinds {
    dataset: { built: Promise<Splits>; site: Anywhere }
  }
}
