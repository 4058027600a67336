import { SandglassError } from '@sandglass/core'

/** In how many bits two packed codes differ. Throws `SandglassError` (`shape`) unless they have as many words. */
export function hammingDistance(a: Uint32Array, b: Uint32Array): number {
  if (a.length !== b.length)
    throw new SandglassError('shape', 'hammingDistance: the codes differ in width', {
      got: `${a.length} and ${b.length} words`,
    })
  let distance = 0
  for (let i = 0; i < a.length; i++) distance += bitsSet(a[i]! ^ b[i]!)
  return distance
}

/** How many of 32 bits are set, by sums in pairs, fours, eights. Warren, Hacker's Delight, 2nd edition, figure 5-2. */
export function bitsSet(word: number): number {
  let x = word - ((word >>> 1) & 0x55555555)
  x = (x & 0x33333333) + ((x >>> 2) & 0x33333333)
  return Math.imul((x + (x >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24
}
