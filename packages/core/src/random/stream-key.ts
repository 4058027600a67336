import { threefry } from './threefry'

const HIGH = 2 ** 32

/**
 * 64-bit key of a stream: a Matyas–Meyer–Oseas hash with Threefry as its cipher, `h ← E_h(m) ⊕ m`, that starts from
 * the seed (two's complement, 64 bits) and takes the name in UTF-16, four units a block (low half first), zero-padded,
 * then one block of (length, upper 32 bits of the step).
 */
export function streamKey(seed: number, name: string, step: number): readonly [number, number] {
  let key: [number, number] = [seed | 0, Math.floor(seed / HIGH) | 0]
  const words = new Int32Array(2)
  const absorb = (m0: number, m1: number) => {
    threefry(key[0], key[1], m0, m1, words)
    key = [words[0]! ^ m0, words[1]! ^ m1]
  }
  // charCodeAt is NaN past the end, which | makes 0.
  const pair = (i: number) => name.charCodeAt(i) | (name.charCodeAt(i + 1) << 16)
  for (let i = 0; i < name.length; i += 4) absorb(pair(i), pair(i + 2))
  absorb(name.length, Math.floor(step / HIGH) | 0)
  return key
}
