import { expect, test } from 'vitest'
import { threefry } from './threefry'

/** Known answers of the Random123 distribution: counter, key, result. */
const KNOWN: readonly (readonly [number, number, number, number, string])[] = [
  [0, 0, 0, 0, '6b200159 99ba4efe'],
  [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff, '1cb996fc bb002be7'],
  [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344, 'c4923a9c 483df7a0'],
]

const hex = (words: Int32Array) => [...words].map((w) => (w >>> 0).toString(16).padStart(8, '0')).join(' ')

test.each(KNOWN)('counter %i %i under key %i %i gives the known answer', (c0, c1, k0, k1, answer) => {
  expect(hex(threefry(k0, k1, c0, c1, new Int32Array(2)))).toBe(answer)
})

test('later words are those of the next counters, which wrap at 2³²', () => {
  const four = threefry(5, 6, 0xffffffff, 7, new Int32Array(4))
  expect(hex(four.slice(0, 2))).toBe(hex(threefry(5, 6, -1, 7, new Int32Array(2))))
  expect(hex(four.slice(2))).toBe(hex(threefry(5, 6, 0, 7, new Int32Array(2))))
})

test('flipping any bit of counter or key flips half of the result', () => {
  const n = 512
  for (let bit = 0; bit < 128; bit++) {
    let flipped = 0
    for (let trial = 0; trial < n; trial++) {
      const input = threefry(1, 2, trial, 0, new Int32Array(2))
      const other = threefry(3, 4, trial, 0, new Int32Array(2))
      const words = [...input, ...other] as [number, number, number, number]
      const before = threefry(...words, new Int32Array(2))
      words[bit >> 5]! ^= 1 << (bit & 31)
      const after = threefry(...words, new Int32Array(2))
      flipped += ones(before[0]! ^ after[0]!) + ones(before[1]! ^ after[1]!)
    }
    // 64 · n flips of a fair coin: half, give or take five deviations.
    expect(Math.abs(flipped - 32 * n), `bit ${bit}`).toBeLessThan(5 * Math.sqrt(16 * n))
  }
})

function ones(word: number): number {
  let count = 0
  for (let w = word; w !== 0; w &= w - 1) count++
  return count
}
