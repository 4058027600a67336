import { expectError } from '@sandglass/testing'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createMeans } from './means'

const batches = fc.array(
  fc.record({
    loss: fc.float({ min: -1024, max: 1024, noNaN: true }),
    size: fc.integer({ min: 1, max: 64 }),
  }),
  { minLength: 1, maxLength: 20 },
)

test('the mean is weighted by batch size, and going on from a state changes no bit', () => {
  fc.assert(
    fc.property(batches, fc.nat(20), (list, cut) => {
      const whole = createMeans()
      let parted = createMeans()
      for (const [i, { loss, size }] of list.entries()) {
        if (i === cut) parted = createMeans(JSON.parse(JSON.stringify(parted.state())))
        whole.add({ loss, twice: 2 * loss }, size)
        parted.add({ loss, twice: 2 * loss }, size)
      }
      const n = list.reduce((sum, { size }) => sum + size, 0)
      const { loss, twice } = whole.result()
      expect(loss).toBeCloseTo(
        list.reduce((sum, b) => sum + (b.loss * b.size) / n, 0),
        6,
      )
      expect(twice).toBe(2 * loss!)
      expect(parted.result()).toEqual(whole.result())
      expect(parted.state()).toEqual(whole.state())
    }),
  )
})

test('nothing added has no mean, and a name that goes missing is an error', () => {
  const means = createMeans()
  expect(means.result()).toEqual({})
  means.add({ loss: -0, kl: 2 }, 1)
  expect(Object.is(means.result().loss, 0)).toBe(true)
  expectError(() => means.add({ loss: 1 }, 1), {
    code: 'backend',
    message: /^the backend stopped reporting "kl"/,
  })
})
