import { expect, test } from 'vitest'
import { normalQuantile } from './normal-quantile'
import { normalTable } from './normal-table'
import { threefry } from './threefry'

/** The half-normal of a 31-bit integer, from the table as its layout is documented. */
function halfNormal(m: number): number {
  const zeros = Math.clz32(m)
  const octave = 2 ** (31 - zeros)
  const place = m ? ((m - octave) / octave) * 16 : 0
  const [a, b, c, d] = normalTable().subarray((zeros * 16 + Math.floor(place)) * 4) as unknown as number[]
  const t = place % 1
  return a! + t * (b! + t * (c! + t * d!))
}

test('cubics are within 2e-8 of the quantile', () => {
  const samples = [...threefry(1, 2, 0, 0, new Int32Array(200_000))].map((w) => (w >>> 1) >>> (w & 31))
  const worst = Math.max(
    ...chunked(samples.map((m) => Math.abs(halfNormal(m) - normalQuantile((m + 0.5) / 2 ** 32)))),
  )
  expect(worst).toBeLessThan(2e-8)
})

test('the first integers, which are the far tail, have the quantile itself', () => {
  for (let m = 0; m < 32; m++) expect(halfNormal(m)).toBe(normalQuantile((m + 0.5) / 2 ** 32))
})

/** Maxima of pieces, because `Math.max` takes so many arguments only. */
function chunked(values: number[]): number[] {
  return Array.from({ length: Math.ceil(values.length / 1000) }, (_, i) =>
    Math.max(...values.slice(1000 * i, 1000 * (i + 1))),
  )
}
