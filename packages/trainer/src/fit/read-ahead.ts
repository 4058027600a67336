import type { Batch } from '@sandglass/core'

/** Batches that are being read while one is trained on. */
const AHEAD = 2

/**
 * One batch after another: `batchAt(from)`, … up to, not including, `end`. Where batches have to be read first, the next
 * ones are asked for while the caller works on one; batches in memory are handed out as they are.
 */
export function readAhead(
  batchAt: (index: number) => Batch | Promise<Batch>,
  from: number,
  end: number,
): () => Batch | Promise<Batch> | undefined {
  const asked: (Batch | Promise<Batch>)[] = []
  let next = from
  const ask = () => {
    const batch = batchAt(next++)
    // Whoever awaits it is told of the error; a run that ends before does not need to be.
    if (batch instanceof Promise) batch.catch(() => {})
    asked.push(batch)
    return batch
  }
  return () => {
    if (!asked.length && next < end) ask()
    const first = asked.shift()
    if (first instanceof Promise) while (asked.length < AHEAD && next < end) ask()
    return first
  }
}
