import { expect, test } from 'vitest'
import { sameShape, showShape, sizeOf } from './shape'

test('shapes have sizes, are compared by extents and shown with brackets', () => {
  expect(sizeOf([28, 28, 3])).toBe(2352)
  expect(sizeOf([])).toBe(1)
  expect(sizeOf([3, 0])).toBe(0)
  expect(sameShape([2, 3], [2, 3])).toBe(true)
  expect(sameShape([], [])).toBe(true)
  for (const other of [[3, 2], [2], [2, 3, 1], [6]]) expect(sameShape([2, 3], other)).toBe(false)
  expect(showShape([28, 28])).toBe('[28, 28]')
  expect(showShape([])).toBe('[]')
})
