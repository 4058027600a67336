/**
 * Threefry-2×32 with 20 rounds (Salmon, Moraes, Dror & Shaw 2011, "Parallel random numbers: as easy as 1, 2, 3";
 * also the generator of JAX): a keyed bijection of 64-bit counters that passes BigCrush. Writes the words of the
 * counters `(first, high)`, `(first + 1, high)`… to `out`, two words a counter; an odd length drops the last one.
 */
export function threefry(
  key0: number,
  key1: number,
  first: number,
  high: number,
  out: Int32Array,
): Int32Array {
  // Engines add in 32 bits only what they know to be 32-bit integers, which `| 0` tells them: three times as fast.
  const k0 = key0 | 0
  const k1 = key1 | 0
  const c1 = high | 0
  const k2 = k0 ^ k1 ^ 0x1bd11bda
  const length = out.length
  // Unrolled and inline: a third of the time of a loop over rounds.
  for (let i = 0, start = ((first | 0) + k0) | 0; i < length; i += 2, start = (start + 1) | 0) {
    let a = start
    let b = (c1 + k1) | 0

    a = (a + b) | 0
    b = ((b << 13) | (b >>> 19)) ^ a
    a = (a + b) | 0
    b = ((b << 15) | (b >>> 17)) ^ a
    a = (a + b) | 0
    b = ((b << 26) | (b >>> 6)) ^ a
    a = (a + b) | 0
    b = ((b << 6) | (b >>> 26)) ^ a
    a = (a + k1) | 0
    b = (b + k2 + 1) | 0

    a = (a + b) | 0
    b = ((b << 17) | (b >>> 15)) ^ a
    a = (a + b) | 0
    b = ((b << 29) | (b >>> 3)) ^ a
    a = (a + b) | 0
    b = ((b << 16) | (b >>> 16)) ^ a
    a = (a + b) | 0
    b = ((b << 24) | (b >>> 8)) ^ a
    a = (a + k2) | 0
    b = (b + k0 + 2) | 0

    a = (a + b) | 0
    b = ((b << 13) | (b >>> 19)) ^ a
    a = (a + b) | 0
    b = ((b << 15) | (b >>> 17)) ^ a
    a = (a + b) | 0
    b = ((b << 26) | (b >>> 6)) ^ a
    a = (a + b) | 0
    b = ((b << 6) | (b >>> 26)) ^ a
    a = (a + k0) | 0
    b = (b + k1 + 3) | 0

    a = (a + b) | 0
    b = ((b << 17) | (b >>> 15)) ^ a
    a = (a + b) | 0
    b = ((b << 29) | (b >>> 3)) ^ a
    a = (a + b) | 0
    b = ((b << 16) | (b >>> 16)) ^ a
    a = (a + b) | 0
    b = ((b << 24) | (b >>> 8)) ^ a
    a = (a + k1) | 0
    b = (b + k2 + 4) | 0

    a = (a + b) | 0
    b = ((b << 13) | (b >>> 19)) ^ a
    a = (a + b) | 0
    b = ((b << 15) | (b >>> 17)) ^ a
    a = (a + b) | 0
    b = ((b << 26) | (b >>> 6)) ^ a
    a = (a + b) | 0
    b = ((b << 6) | (b >>> 26)) ^ a

    out[i] = (a + k2) | 0
    out[i + 1] = (b + k0 + 5) | 0
  }
  return out
}
