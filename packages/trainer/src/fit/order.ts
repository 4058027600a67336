import type { Streams } from '@sandglass/core'

/**
 * Indices of all samples in the order of one epoch. Depends on seed and epoch alone, so that a resumed run needs no
 * memory of it.
 */
export function orderOf(streams: Streams, epoch: number, size: number, shuffle: boolean): Int32Array {
  if (shuffle) return streams.at('data/shuffle', epoch).permutation(size)
  return Int32Array.from({ length: size }, (_, i) => i)
}
