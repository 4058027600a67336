import { z } from 'zod'
import type { Pair } from '../ops/windows'

const pixels = z.int().nonnegative()
const pair = z.tuple([pixels, pixels])

/** Pixels on every side, `[vertical, horizontal]`, or `[[top, bottom], [left, right]]`. */
export const bordersOption = () => z.union([pixels, pair, z.tuple([pair, pair])])

/** `[[top, bottom], [left, right]]` */
export function bordersOf(value: number | readonly (number | Pair)[]): readonly [Pair, Pair] {
  const sides = typeof value === 'number' ? [value, value] : value
  return sides.map((side) => (typeof side === 'number' ? [side, side] : side)) as unknown as [Pair, Pair]
}
