import { SandglassError } from '@sandglass/core'
import { type BinaryCodes, wordsOf } from './binary-codes'
import { bitsSet } from './hamming-distance'

/** How far to look: at the `k` nearest codes, or at all within `radius` differing bits. */
export type HammingSearch =
  | { readonly k: number; readonly radius?: undefined }
  | { readonly radius: number; readonly k?: undefined }

/** What a query found, nearest first; codes at the same distance in the order of their index. */
export interface HammingMatches {
  /** Which codes of the index. */
  readonly indices: Uint32Array
  /** How many bits each differs in. */
  readonly distances: Uint32Array
}

export interface HammingIndex {
  readonly size: number
  readonly bits: number
  /**
   * One result for each code of `queries`; `k` may exceed the size of the index. Throws `SandglassError`: `shape` when
   * the queries have other bits than the index, `spec` unless exactly one of `k` and `radius` is given, a whole number.
   */
  search(queries: BinaryCodes, how: HammingSearch): HammingMatches[]
}

/**
 * Codes to look up neighbours in: semantic hashing (Salakhutdinov and Hinton, 2009). A search scans all codes and
 * sorts by counting, so it takes time in proportion to their number and none for the sorting.
 */
export function createHammingIndex(codes: BinaryCodes): HammingIndex {
  const { size, bits, words } = checked(codes, 'createHammingIndex')
  const width = wordsOf(bits)
  const near = new Uint32Array(size)

  function searchOne(query: Uint32Array, { k, radius }: HammingSearch): HammingMatches {
    const counts = new Uint32Array(bits + 1)
    for (let i = 0; i < size; i++) {
      let distance = 0
      for (let w = 0; w < width; w++) distance += bitsSet(words[i * width + w]! ^ query[w]!)
      near[i] = distance
      counts[distance]!++
    }
    // How many to take, and from what place on each distance goes.
    const places = new Uint32Array(bits + 1)
    for (let d = 1; d <= bits; d++) places[d] = places[d - 1]! + counts[d - 1]!
    const taken = k === undefined ? (places[radius + 1] ?? size) : Math.min(k, size)
    const indices = new Uint32Array(taken)
    const distances = new Uint32Array(taken)
    for (let i = 0; i < size; i++) {
      const at = places[near[i]!]!++
      if (at >= taken) continue
      indices[at] = i
      distances[at] = near[i]!
    }
    return { indices, distances }
  }

  return {
    size,
    bits,
    search: (queries, how) => {
      const { words: asked, bits: given, size: count } = checked(queries, 'search')
      if (given !== bits)
        throw new SandglassError('shape', 'search: the queries have another width than the index', {
          got: `${given} bits`,
          expected: String(bits),
        })
      checkReach(how)
      return Array.from({ length: count }, (_, i) =>
        searchOne(asked.subarray(i * width, (i + 1) * width), how),
      )
    },
  }
}

function checked(codes: BinaryCodes, what: string): BinaryCodes {
  const { size, bits, words } = codes
  if (words.length !== size * wordsOf(bits))
    throw new SandglassError('shape', `${what}: the codes do not fill their shape`, {
      got: `${words.length} words`,
      expected: `${size * wordsOf(bits)} for ${size} codes of ${bits} bits`,
    })
  return codes
}

function checkReach({ k, radius }: HammingSearch): void {
  const [reach, least] = k === undefined ? [radius, 0] : [k, 1]
  if ((k !== undefined && radius !== undefined) || !Number.isSafeInteger(reach) || reach! < least)
    throw new SandglassError('spec', 'search: say how far to look', {
      got: `k ${k}, radius ${radius}`,
      expected: 'either k, a whole number from 1 up, or radius, one from 0 up',
    })
}
