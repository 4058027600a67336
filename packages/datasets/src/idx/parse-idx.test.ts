import { isSandglassError } from '@sandglass/core'
import { expectError } from '@sandglass/testing'
import { expect, test } from 'vitest'
import { parseIdx } from './parse-idx'

const SIZES: Record<number, number> = { 8: 1, 9: 1, 11: 2, 12: 4, 13: 4, 14: 8 }

function idx(type: number, shape: number[], data: number[] | Uint8Array): Uint8Array {
  const header = [
    0,
    0,
    type,
    shape.length,
    ...shape.flatMap((n) => [n >>> 24, (n >> 16) & 255, (n >> 8) & 255, n & 255]),
  ]
  return Uint8Array.from([...header, ...data])
}

test.each([
  [8, [1, 255], Uint8Array.of(1, 255)],
  [9, [1, 255], Int32Array.of(1, -1)],
  [11, [1, 0, 255, 254], Int32Array.of(256, -2)],
  [12, [0, 1, 0, 0, 255, 255, 255, 255], Int32Array.of(65536, -1)],
  [13, [0x3f, 0x80, 0, 0, 0xbf, 0, 0, 0], Float32Array.of(1, -0.5)],
  [14, [0x3f, 0xf0, 0, 0, 0, 0, 0, 0, 0xbf, 0xe0, 0, 0, 0, 0, 0, 0], Float32Array.of(1, -0.5)],
])('reads big-endian elements of type %i', (type, bytes, expected) => {
  expect(parseIdx(idx(type, [2], bytes))).toEqual({ shape: [2], data: expected })
})

test('does not copy bytes and reads from the middle of a buffer', () => {
  const file = idx(8, [2, 1, 2], [1, 2, 3, 4])
  const within = new Uint8Array(file.length + 3)
  within.set(file, 3)
  const { shape, data } = parseIdx(within.subarray(3))
  expect({ shape, data }).toEqual({ shape: [2, 1, 2], data: Uint8Array.of(1, 2, 3, 4) })
  expect(data.buffer).toBe(within.buffer)
})

test.each([
  ['nothing', new Uint8Array(0), /IDX file: truncated header. Got 0 bytes; expected at least 4/],
  [
    'a PNG',
    Uint8Array.of(0x89, 0x50, 0x4e, 0x47),
    /not an IDX file. Got a file that begins with 89 50 4e 47; expected 00 00/,
  ],
  ['an unknown type', idx(10, [1], [0]), /not an IDX file. Got a file that begins with 00 00 0a 01/],
  ['rank 0', Uint8Array.of(0, 0, 8, 0, 1), /unusable rank. Got 0; expected 1 to 8/],
  ['rank 255', Uint8Array.of(0, 0, 8, 255), /unusable rank. Got 255/],
  ['a cut header', idx(8, [1, 1], [1]).subarray(0, 9), /truncated header. Got 9 bytes; expected at least 12/],
  ['no samples', idx(8, [0, 28], []), /no data. Got shape \[0, 28\]; expected at least one element/],
  ['cut data', idx(8, [3], [1, 2]), /truncated data. Got 10 bytes; expected 11 for shape \[3\]/],
  ['more data', idx(8, [1], [1, 2]), /bytes after the data. Got 10 bytes; expected 9/],
  ['a product beyond 2⁵³', idx(14, Array(8).fill(0xffffffff), [1]), /truncated data. Got 37 bytes/],
])('refuses %s', (_, bytes, message) => {
  expectError(() => parseIdx(bytes), { code: 'file', message })
})

/** What must be accepted, decided independently with big integers. */
function isValid(bytes: Uint8Array): boolean {
  const [z0, z1, type, rank] = bytes
  if (z0 !== 0 || z1 !== 0 || type === undefined || !rank || rank > 8 || !(type in SIZES)) return false
  if (bytes.length < 4 + 4 * rank) return false
  let elements = 1n
  for (let i = 0; i < rank; i++) {
    const extent = bytes.subarray(4 + 4 * i, 8 + 4 * i).reduce((n, byte) => n * 256n + BigInt(byte), 0n)
    elements *= extent
  }
  return elements > 0n && BigInt(bytes.length) === BigInt(4 + 4 * rank) + elements * BigInt(SIZES[type]!)
}

test('50,000 mutated files: accepted exactly when valid, otherwise a typed error', () => {
  const random = generator(20240607)
  const types = Object.keys(SIZES).map(Number)
  let valid = 0
  for (let n = 0; n < 50_000; n++) {
    const type = types[random(types.length)]!
    const shape = Array.from({ length: 1 + random(3) }, () => 1 + random(4))
    const length = shape.reduce((a, b) => a * b, 1) * SIZES[type]!
    let bytes = idx(
      type,
      shape,
      Uint8Array.from({ length }, () => random(256)),
    )
    for (let m = random(3); m > 0; m--) bytes = mutate(bytes, random)
    const expected = isValid(bytes)
    if (expected) valid++
    try {
      const { shape, data } = parseIdx(bytes)
      if (!expected) throw new Error(`accepted ${bytes}`)
      if (data.length !== shape.reduce((a, b) => a * b, 1)) throw new Error(`wrong length for ${bytes}`)
    } catch (error) {
      if (expected || !isSandglassError(error) || error.code !== 'file') throw error
    }
  }
  // Both outcomes are exercised.
  expect(valid).toBeGreaterThan(10_000)
  expect(valid).toBeLessThan(40_000)
})

function mutate(bytes: Uint8Array, random: (n: number) => number): Uint8Array {
  const copy = bytes.slice()
  const header = Math.min(copy.length, 16)
  switch (random(6)) {
    case 0:
      return copy.subarray(0, random(copy.length + 1))
    case 1:
      return Uint8Array.from([...copy, ...Array.from({ length: 1 + random(4) }, () => random(256))])
    case 2:
      if (header > 0) copy[random(header)] = random(256)
      return copy
    case 3:
      if (header > 0) copy[random(header)]! ^= 1 << random(8)
      return copy
    case 4:
      copy.fill(255, 4, 4 + 4 * random(4))
      return copy
    default:
      if (copy.length > 0) copy[random(copy.length)] = random(256)
      return copy
  }
}

/** A small generator of its own (xorshift32), so that the corpus never changes. */
function generator(seed: number): (n: number) => number {
  let state = seed
  return (n) => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) % n
  }
}
