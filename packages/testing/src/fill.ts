/**
 * `count` numbers spread over `[low, high)`, always the same for the same `seed`: a hash of the index, so that test
 * data has no pattern that a wrong axis could hide behind.
 */
export function fill(count: number, seed = 0, low = -1, high = 1): Float32Array {
  return Float32Array.from({ length: count }, (_, i) => low + (high - low) * unit(seed, i))
}

/** A hash of (seed, index) as a number in [0, 1). */
export function unit(seed: number, index: number): number {
  let h = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(index + 1, 0xc2b2ae35)
  h = Math.imul(h ^ (h >>> 16), 0x7feb352d)
  h = Math.imul(h ^ (h >>> 15), 0x846ca68b)
  return ((h ^ (h >>> 16)) >>> 0) / 2 ** 32
}
