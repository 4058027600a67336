import type { Batch, Streams } from '@sandglass/core'

/** A batch, and which samples it holds: rows of the dataset, or places in a pass over the stream. */
export interface Taken {
  readonly batch: Batch
  readonly rows: Int32Array
}

/** Batches of one pass over the data. */
export interface Reader {
  /** The next batch, a promise where it has to be read; undefined at the end. */
  next(): Taken | undefined | Promise<Taken | undefined>
  /** Samples in a whole pass; of a stream, known at its end. */
  readonly size: number | undefined
  /** Nothing is read any more, and what it holds is released as soon as what is being read has come. */
  close(): void
}

export interface ReadOptions {
  readonly batchSize: number
  /** What is read of the data. Numbers that are not finite are refused. */
  readonly fields: readonly string[]
  /** The order of this epoch. Left out: as stored. */
  readonly shuffle?: { readonly streams: Streams; readonly epoch: number }
  /** Samples among which a stream is shuffled, at least; those of a batch or more. */
  readonly buffer?: number
  /** The batch to begin with. Default 0. */
  readonly from?: number
}
