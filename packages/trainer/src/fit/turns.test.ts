import fc from 'fast-check'
import { expect, test } from 'vitest'
import { updatesOf } from './turns'

test('updates are counted as if one went through the batches', () => {
  const turns = fc.array(fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 4 }), {
    minLength: 1,
    maxLength: 5,
  })
  fc.assert(
    fc.property(turns, fc.nat(40), (lists, batches) => {
      let count = 0
      for (let i = 0; i < batches; i++)
        count += lists[i % lists.length]!.filter((name) => name === 'a').length
      expect(updatesOf(lists, 'a', batches)).toBe(count)
    }),
  )
})
