import { describe, expect, test } from 'vitest'
import { graphOf } from '../testing/graphs'
import { partsOf, worthSplitting } from './worth-splitting'

describe('the number of parts', () => {
  test.each([
    [32, 2, 2],
    [128, 2, 2],
    [128, 8, 4],
    [48, 4, 3],
    [33, 2, 1],
    [30, 2, 1],
    [128, 1, 1],
    [1, 4, 1],
  ])('of a batch of %i on %i cores is %i', (batch, cores, parts) => {
    expect(partsOf(batch, cores)).toBe(parts)
  })
})

describe('a batch is worth splitting', () => {
  /** A weight `[n, n]` used several times for each of 16 samples. */
  const uses = (times: number, n = 256) =>
    graphOf({ x: [16, n], w: [n, n] }, (build, { x, w }) => {
      let y = x!
      for (let i = 0; i < times; i++) y = build.emit('MatMul', [y, w!], [16, n])
      return { y }
    })
  const worth = (times: number, n?: number) => worthSplitting(uses(times, n), new Set(['x']), 16)

  test('when each weight is used often for each sample', () => {
    expect([worth(3), worth(11), worth(40)]).toEqual([false, false, true])
  })

  test('and there is enough to do', () => {
    expect([worth(40, 128), worth(40, 32)]).toEqual([false, false])
  })
})
