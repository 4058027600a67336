import {
  type Batch,
  createStreams,
  type Dataset,
  type MemoryDataset,
  range,
  SandglassError,
} from '@sandglass/core'

export interface BatchesOptions {
  batchSize: number
  /** Order of the epoch; it depends only on these two numbers and the size of the data. Default: as stored. */
  shuffle?: { seed: number; epoch: number } | false
  /** Leaves out a last batch that is smaller. Default false. */
  dropRemainder?: boolean
  /** The batch to begin with, to go on within an epoch. Default 0. */
  from?: number
}

/** The batches of one epoch; may be iterated more than once. Those that have to be read first are promises. */
export interface Batches<B = Batch | Promise<Batch>> extends Iterable<B> {
  /** How many batches the iteration gives. */
  readonly length: number
}

/**
 * Cuts a dataset into batches. Throws `SandglassError` at once when the options are malformed or the batch size is
 * larger than the data.
 */
export function batches(dataset: MemoryDataset, options: BatchesOptions): Batches<Batch>
export function batches(dataset: Dataset, options: BatchesOptions): Batches
export function batches(dataset: Dataset, options: BatchesOptions): Batches {
  const { batchSize, shuffle = false, dropRemainder = false, from = 0 } = options
  if (!Number.isSafeInteger(batchSize) || batchSize < 1)
    throw new SandglassError('data', 'malformed batch size', {
      got: String(batchSize),
      expected: 'a whole number from 1',
    })
  if (batchSize > dataset.size)
    throw new SandglassError('data', `a batch is larger than dataset "${dataset.name}"`, {
      got: `batches of ${batchSize} from ${dataset.size} samples`,
      advice: `Use a batch size of at most ${dataset.size}.`,
    })
  const total = dropRemainder ? Math.floor(dataset.size / batchSize) : Math.ceil(dataset.size / batchSize)
  if (!Number.isSafeInteger(from) || from < 0 || from > total)
    throw new SandglassError('data', `dataset "${dataset.name}": no batch ${from} to begin with`, {
      expected: `a whole number from 0 to ${total}`,
    })
  const order = epochOrder(dataset.size, shuffle)
  return {
    length: total - from,
    *[Symbol.iterator]() {
      for (let b = from; b < total; b++)
        yield dataset.batch(order.subarray(b * batchSize, (b + 1) * batchSize))
    },
  }
}

/** The order of samples in one epoch: a permutation of 0…size−1 that depends only on (seed, epoch, size). */
export function epochOrder(size: number, shuffle: { seed: number; epoch: number } | false): Int32Array {
  if (!shuffle) return range(0, size)
  return createStreams(shuffle.seed).at('data/shuffle', shuffle.epoch).permutation(size)
}
