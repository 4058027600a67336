import { createDataset, readField } from '@sandglass/core'
import { expectError } from '@sandglass/testing'
import { expect, test } from 'vitest'
import { take } from './take'

const make = () =>
  createDataset('d', {
    input: { shape: [2], data: Uint8Array.from({ length: 10 }, (_, i) => i), scale: 0.5, offset: 1 },
    label: { shape: [], data: Int32Array.of(0, 1, 2, 3, 4) },
    weight: { shape: [], data: Float32Array.of(0, 1, 2, 3, 4) },
  })

test('takes samples from the beginning, or from a range', () => {
  const part = take(make(), { start: 1, end: 3 })
  expect(part.size).toBe(2)
  expect([...readField(part, 'input').data]).toEqual([2, 2.5, 3, 3.5])
  expect([...readField(take(make(), 1), 'label').data]).toEqual([0])
  expect(take(make(), { start: 4 }).size).toBe(1)
})

test.each([0, 6, -1, 1.5])('refuses to take %s samples', (count) => {
  expectError(() => take(make(), count), {
    code: 'data',
    message:
      /dataset "d": cannot take these samples. Got samples 0 to .* expected a part, not empty, of 0 to 5/,
  })
})
