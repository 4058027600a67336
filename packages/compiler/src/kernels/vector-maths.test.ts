import { describe, expect, test } from 'vitest'
import { graphOf } from '../testing/graphs'
import { runKernel } from '../testing/kernels'

async function values(op: string, x: readonly number[]): Promise<number[]> {
  const graph = graphOf({ x: [x.length] }, (build, { x: input }) => ({
    y: build.emit(op, [input!], [x.length]),
  }))
  return [...(await runKernel(graph, { x: Float32Array.from(x) })).y!]
}

/** Largest error in units of the last place. */
async function worstError(op: string, exact: (x: number) => number, x: readonly number[]): Promise<number> {
  const got = await values(op, x)
  return Math.max(
    ...x.map((value, i) => {
      const right = exact(Math.fround(value))
      const unit = 2 ** Math.max(-149, Math.floor(Math.log2(Math.abs(right) || 1e-300)) - 23)
      return Math.abs(got[i]! - right) / unit
    }),
  )
}

const between = (low: number, high: number) =>
  Array.from({ length: 20_001 }, (_, i) => low + ((high - low) * i) / 20_000)
const powers = between(-125, 127).map((e) => 2 ** e)

describe('within a few units of the last place', () => {
  test.each([
    ['Exp', Math.exp, between(-87, 88)],
    ['Log', Math.log, [...powers, ...between(0.5, 2)]],
    ['Sigmoid', (x: number) => 1 / (1 + Math.exp(-x)), between(-80, 30)],
    ['Tanh', Math.tanh, between(-12, 12)],
    ['Sqrt', Math.sqrt, powers],
  ])('%s', async (op, exact, x) => {
    expect(await worstError(op, exact, x)).toBeLessThan(4)
  })
})

test('special values', async () => {
  const special = [0, -1, Number.POSITIVE_INFINITY, Number.NaN, 1]
  expect(await values('Log', special)).toEqual([
    Number.NEGATIVE_INFINITY,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    Number.NaN,
    0,
  ])
  const [zero, , large, none, one] = await values('Exp', special)
  expect([zero, none]).toEqual([1, Number.NaN])
  expect(one).toBeCloseTo(Math.E, 6)
  expect(large).toBeGreaterThan(1e38)
  expect(await values('Sigmoid', [-1e4, 0, 1e4])).toEqual([expect.closeTo(0, 30), 0.5, 1])
  expect(await values('Tanh', [-1e4, 0, 1e4, Number.NaN])).toEqual([-1, 0, 1, Number.NaN])
})
