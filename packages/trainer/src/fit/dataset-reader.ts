import { after, type Dataset, range } from '@sandglass/core'
import { checkedBatch } from './checked-batch'
import type { Reader, ReadOptions, Taken } from './reader'

/** Batches that are being read while one is trained on. */
const AHEAD = 2

/**
 * Batches of a dataset, in the order of the epoch, which depends on seed and epoch alone. Where batches have to be read
 * first, the next ones are asked for while the caller works on one; batches in memory are handed out as they are.
 */
export function readDataset(dataset: Dataset, { batchSize, fields, shuffle, from = 0 }: ReadOptions): Reader {
  const { size } = dataset
  const order = shuffle ? shuffle.streams.at('data/shuffle', shuffle.epoch).permutation(size) : range(0, size)
  const check = checkedBatch(dataset, fields)
  const asked: (Taken | Promise<Taken>)[] = []
  let start = from * batchSize

  function ask(): void {
    const rows = order.subarray(start, start + batchSize)
    start += batchSize
    const taken = after(dataset.batch(rows, fields), (batch) => ({ batch: check(batch, rows), rows }))
    // Whoever awaits it is told of the error; a run that ends before does not need to be.
    if (taken instanceof Promise) taken.catch(() => {})
    asked.push(taken)
  }

  return {
    size,
    next: () => {
      if (!asked.length && start < size) ask()
      const first = asked.shift()
      if (first instanceof Promise) while (asked.length < AHEAD && start < size) ask()
      return first
    },
    close: () => {
      start = size
      asked.length = 0
    },
  }
}
