import { SandglassError } from '../errors'
import { normalTable } from './normal-table'
import { streamKey } from './stream-key'
import { threefry } from './threefry'

/**
 * The random numbers of one named stream at one step. Every method starts at the same element: element i depends on
 * (seed, name, step, i) alone, so asking again gives the same numbers, a longer fill begins with a shorter one, and the
 * methods of one stream are functions of the same bits. Draws that must be independent need streams of their own.
 */
export interface Stream {
  /** 32 uniform bits an element. */
  bits(out: Uint32Array): Uint32Array
  /** Uniform on [low, high), default [0, 1), in steps of 2⁻²⁴ · (high − low); float32 rounding may give `high`. */
  uniform(out: Float32Array, low?: number, high?: number): Float32Array
  /** Normal, by the quantile of 32 bits: symmetric, within ±6.34 deviations. */
  normal(out: Float32Array, mean?: number, deviation?: number): Float32Array
  /** Normal given that it is within ±2 deviations, by the quantile. `deviation` is that before truncation. */
  truncatedNormal(out: Float32Array, mean?: number, deviation?: number): Float32Array
  /** A permutation of 0…n−1, all equally likely (Fisher–Yates, 53 bits an exchange); always from element 0. */
  permutation(n: number): Int32Array
}

export interface Streams {
  readonly seed: number
  /**
   * The stream of this name at this step (default 0), from element `first` on (default 0): what a part of a batch
   * draws is what the whole would draw there. Throws `SandglassError` unless `step` is a safe integer that is not
   * negative, and `first` one below 2³².
   */
  at(name: string, step?: number, first?: number): Stream
}

/** Random streams of a seed: any safe integer. Throws `SandglassError` otherwise. */
export function createStreams(seed: number): Streams {
  requireInteger('seed', seed, Number.MIN_SAFE_INTEGER, 'a safe integer')
  return Object.freeze({
    seed,
    at: (name: string, step = 0, first = 0) => {
      requireInteger('step', step, 0, 'a safe integer from 0 up')
      requireInteger('first element', first, 0, 'an integer from 0 to 2³² − 1', 2 ** 32 - 1)
      return createStream(streamKey(seed, name, step), step | 0, first)
    },
  })
}

/** Words made and turned into numbers at a time: they stay in the first-level cache. Even. */
const CHUNK = 1024

function createStream([key0, key1]: readonly [number, number], step: number, first: number): Stream {
  // A counter gives two words, so an odd beginning drops one.
  const odd = first % 2
  function inChunks<Out extends Float32Array | Uint32Array>(
    out: Out,
    convert: (words: Int32Array, out: Out, start: number, end: number) => void,
  ): Out {
    const words = new Int32Array(Math.min(CHUNK, out.length) + odd)
    const wanted = odd ? words.subarray(1) : words
    for (let start = 0; start < out.length; start += CHUNK) {
      threefry(key0, key1, (first - odd + start) / 2, step, words)
      convert(wanted, out, start, Math.min(start + CHUNK, out.length))
    }
    return out
  }

  return Object.freeze<Stream>({
    bits: (out) =>
      inChunks(out, (words, part, start, end) => part.set(words.subarray(0, end - start), start)),
    uniform: (out, low = 0, high = 1) => {
      requireFinite('low', low)
      requireFinite('high', high)
      return inChunks(out, (words, part, start, end) => uniforms(words, part, start, end, low, high))
    },
    normal: (out, mean = 0, deviation = 1) => {
      requireFinite('mean', mean)
      requireFinite('deviation', deviation)
      return inChunks(out, (words, part, start, end) => normals(words, part, start, end, mean, deviation))
    },
    truncatedNormal: (out, mean = 0, deviation = 1) => {
      requireFinite('mean', mean)
      requireFinite('deviation', deviation)
      return inChunks(out, (words, part, start, end) => {
        truncate(words)
        normals(words, part, start, end, mean, deviation)
      })
    },
    permutation: (n) => {
      requireInteger('length of a permutation', n, 0, 'an integer from 0 to 2³¹ − 1', 2 ** 31 - 1)
      return permute(new Int32Array(n), (counter, words) => threefry(key0, key1, counter, step, words))
    },
  })
}

function uniforms(
  words: Int32Array,
  out: Float32Array,
  start: number,
  end: number,
  low: number,
  high: number,
): void {
  const scale = (high - low) * 2 ** -24
  for (let i = start; i < end; i++) out[i] = low + (words[i - start]! >>> 8) * scale
}

function normals(
  words: Int32Array,
  out: Float32Array,
  start: number,
  end: number,
  mean: number,
  deviation: number,
): void {
  const table = normalTable()
  for (let i = start; i < end; i++) {
    const word = words[i - start]!
    const m = word & 0x7fffffff
    const zeros = Math.clz32(m)
    // Two shifts, because one by 32 would do nothing.
    const fraction = (m << zeros) << 1
    const at = (zeros << 6) | ((fraction >>> 28) << 2)
    const t = (fraction & 0x0fffffff) * 2 ** -28
    const z = table[at]! + t * (table[at + 1]! + t * (table[at + 2]! + t * table[at + 3]!))
    // The top bit is the sign: 1 or −1 without a branch, which would be mispredicted half the time.
    out[i] = mean + deviation * (z * ((word >> 31) | 1))
  }
}

/** 2³²·Φ(−2) − ½, rounded up: half-normals from here up are within 2. */
const LOWEST = 97_711_073
const KEPT = (2 ** 31 - LOWEST) / 2 ** 31

/** Squeezes the 31 bits below the sign into those whose half-normal is within 2. */
function truncate(words: Int32Array): void {
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!
    words[i] = (word & 0x80000000) | (LOWEST + (((word & 0x7fffffff) * KEPT) | 0))
  }
}

function permute(out: Int32Array, fill: (counter: number, words: Int32Array) => void): Int32Array {
  const words = new Int32Array(2 * Math.min(CHUNK, out.length))
  for (let start = 0; start < out.length; start += CHUNK) {
    fill(start, words)
    const end = Math.min(start + CHUNK, out.length)
    for (let i = start; i < end; i++) {
      const k = 2 * (i - start)
      const unit = ((words[k]! >>> 5) * 2 ** 26 + (words[k + 1]! >>> 6)) * 2 ** -53
      // Inside-out: element i goes to a place among the first i + 1, whose holder moves to i.
      const j = Math.floor(unit * (i + 1))
      out[i] = out[j]!
      out[j] = i
    }
  }
  return out
}

function requireInteger(
  what: string,
  got: number,
  min: number,
  expected: string,
  max = Number.MAX_SAFE_INTEGER,
): void {
  if (!Number.isSafeInteger(got) || got < min || got > max)
    throw new SandglassError('spec', `the ${what} of random numbers cannot be used`, {
      got: show(got),
      expected,
    })
}

function requireFinite(what: string, got: number): void {
  if (!Number.isFinite(got))
    throw new SandglassError('spec', `${what} of random numbers must be finite`, { got: show(got) })
}

function show(value: unknown): string {
  return typeof value === 'string' ? JSON.stringify(value) : String(value)
}
