import { expectError } from '@sandglass/testing'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type BinaryCodes, binaryCodes, createHammingIndex, hammingDistance } from '../index'
import { bitsSet } from './hamming-distance'

type Bits = readonly boolean[]

const pack = (rows: readonly Bits[], bits: number): BinaryCodes =>
  binaryCodes({ shape: [rows.length, bits], data: Float32Array.from(rows.flat(), Number) })
const row = ({ bits, words }: BinaryCodes, i: number) => {
  const width = Math.ceil(bits / 32)
  return words.subarray(i * width, (i + 1) * width)
}
const differing = (a: Bits, b: Bits) => a.filter((bit, i) => bit !== b[i]).length

/** Codes of one width, which crosses words; close ones among them. */
const tables = (least: number) =>
  fc.integer({ min: 1, max: 70 }).chain((bits) =>
    fc.record({
      bits: fc.constant(bits),
      rows: fc.array(fc.array(fc.boolean(), { minLength: bits, maxLength: bits }), {
        minLength: least,
        maxLength: 40,
      }),
    }),
  )

describe('binaryCodes', () => {
  test('packs bit j into bit j mod 32 of word ⌊j / 32⌋', () => {
    const data = new Float32Array(2 * 34)
    data[0] = 0.5
    data[31] = 1
    data[32] = 0.49
    data[33] = 0.51
    data[34 + 1] = 0.9
    expect(binaryCodes({ shape: [2, 34], data })).toEqual({
      size: 2,
      bits: 34,
      words: Uint32Array.of(0x8000_0001, 0b10, 0b10, 0),
    })
    expect([...binaryCodes({ shape: [2, 34], data }, { threshold: 0.95 }).words]).toEqual([
      0x8000_0000, 0, 0, 0,
    ])
  })

  test('says what is no table of codes', () => {
    expectError(() => binaryCodes({ shape: [4], data: new Float32Array(4) }), {
      code: 'shape',
      message: /^binaryCodes: not a table of codes\. Got 4 numbers of shape \[4\]; expected \[n, bits\]/,
    })
    expectError(() => binaryCodes({ shape: [2, 3], data: new Float32Array(5) }), { code: 'shape' })
    expectError(() => binaryCodes({ shape: [2, 0], data: new Float32Array(0) }), { code: 'shape' })
    for (const wrong of [1.5, -0.1, Number.NaN])
      expectError(() => binaryCodes({ shape: [1, 2], data: Float32Array.of(0, wrong) }), {
        code: 'data',
        message:
          /a code is not between 0 and 1\. Got .* in bit 1 of code 0\. Let the encoder end in a sigmoid/,
      })
    for (const threshold of [0, 1.1, Number.NaN])
      expectError(() => binaryCodes({ shape: [1, 1], data: Float32Array.of(1) }, { threshold }), {
        code: 'spec',
        message:
          /^binaryCodes: the threshold is not usable\. Got .*; expected a number above 0, at most 1\.$/,
      })
  })
})

describe('hammingDistance', () => {
  test('counts the bits that differ', () => {
    fc.assert(
      fc.property(tables(2), ({ bits, rows }) => {
        const codes = pack(rows, bits)
        expect(hammingDistance(row(codes, 0), row(codes, 1))).toBe(differing(rows[0]!, rows[1]!))
      }),
    )
    expect([0, 1, 0xffff_ffff, 0x8000_0000, 0x5555_5555, -1].map(bitsSet)).toEqual([0, 1, 32, 1, 16, 32])
  })

  test('is a metric', () => {
    fc.assert(
      fc.property(tables(3), ({ bits, rows }) => {
        const codes = pack(rows, bits)
        const [a, b, c] = [row(codes, 0), row(codes, 1), row(codes, 2)]
        expect(hammingDistance(a, a)).toBe(0)
        expect(hammingDistance(a, b) === 0).toBe(rows[0]!.join() === rows[1]!.join())
        expect(hammingDistance(a, b)).toBe(hammingDistance(b, a))
        expect(hammingDistance(a, c)).toBeLessThanOrEqual(hammingDistance(a, b) + hammingDistance(b, c))
      }),
    )
  })

  test('refuses codes of unlike width', () => {
    expectError(() => hammingDistance(new Uint32Array(1), new Uint32Array(2)), {
      code: 'shape',
      message: /^hammingDistance: the codes differ in width\. Got 1 and 2 words\.$/,
    })
  })
})

describe('createHammingIndex', () => {
  test('finds what comparing with every code finds, nearest first, then by index', () => {
    const searches = fc.oneof(
      fc.record({ k: fc.integer({ min: 1, max: 60 }) }),
      fc.record({ radius: fc.integer({ min: 0, max: 80 }) }),
    )
    fc.assert(
      fc.property(tables(1), searches, fc.nat(), ({ bits, rows }, how, pick) => {
        const query = rows[pick % rows.length]!.map((bit, i) => (i % 5 === pick % 5 ? !bit : bit))
        const all = rows
          .map((other, index) => ({ index, distance: differing(query, other) }))
          .sort((a, b) => a.distance - b.distance || a.index - b.index)
        const wanted = 'k' in how ? all.slice(0, how.k) : all.filter(({ distance }) => distance <= how.radius)
        const found = createHammingIndex(pack(rows, bits)).search(pack([query, rows[0]!], bits), how)
        expect(found).toHaveLength(2)
        expect([...found[0]!.indices]).toEqual(wanted.map(({ index }) => index))
        expect([...found[0]!.distances]).toEqual(wanted.map(({ distance }) => distance))
        expect(found[1]!.distances[0]).toBe(0)
      }),
    )
  })

  test('of nothing finds nothing', () => {
    const none = createHammingIndex({ size: 0, bits: 8, words: new Uint32Array(0) })
    expect(none.search({ size: 1, bits: 8, words: Uint32Array.of(3) }, { k: 5 })).toEqual([
      { indices: new Uint32Array(0), distances: new Uint32Array(0) },
    ])
  })

  test('refuses what it cannot compare', () => {
    const index = createHammingIndex(pack([[true, false, true]], 3))
    expect([index.size, index.bits]).toEqual([1, 3])
    expectError(() => index.search(pack([[true, false]], 2), { k: 1 }), {
      code: 'shape',
      message: /^search: the queries have another width than the index\. Got 2 bits; expected 3\.$/,
    })
    const query = pack([[true, false, true]], 3)
    for (const how of [{}, { k: 0 }, { k: 1.5 }, { radius: -1 }, { radius: Number.NaN }, { k: 1, radius: 1 }])
      expectError(() => index.search(query, how as { k: number }), {
        code: 'spec',
        message:
          /^search: say how far to look\. Got k .*, radius .*; expected either k, a whole number from 1 up/,
      })
    expectError(() => createHammingIndex({ size: 2, bits: 40, words: new Uint32Array(3) }), {
      code: 'shape',
      message:
        /^createHammingIndex: the codes do not fill their shape\. Got 3 words; expected 4 for 2 codes of 40 bits\.$/,
    })
  })
})
