import { readField } from '@sandglass/core'
import { expectError } from '@sandglass/testing'
import { expect, test } from 'vitest'
import { cifar10Dataset } from './cifar10'
import { cifar10Classes } from './published'

/** A record of one colour, but for the second pixel of the second row. */
function record(label: number, first: number): number[] {
  const planes = [0, 1, 2].flatMap((channel) =>
    Array.from({ length: 1024 }, (_, i) => (i === 33 ? 200 + channel : first + channel)),
  )
  return [label, ...planes]
}

test('planes of colours become pixels, over all files in order', () => {
  const files = [Uint8Array.from([...record(3, 10), ...record(7, 20)]), Uint8Array.from(record(1, 30))]
  const dataset = cifar10Dataset('photographs', files)
  expect(dataset.size).toBe(3)
  expect([...readField(dataset, 'label').data]).toEqual([3, 7, 1])
  expect(dataset.fields).toEqual({
    input: { shape: [32, 32, 3], dtype: 'uint8' },
    label: { shape: [], dtype: 'uint8', classes: cifar10Classes },
  })
  const out = new Float32Array(3072)
  dataset.batch([1]).fill('input', out)
  const pixel = (row: number, column: number) =>
    Array.from(out.subarray(3 * (32 * row + column)).subarray(0, 3), (value) => Math.round(255 * value))
  expect(pixel(0, 0)).toEqual([20, 21, 22])
  expect(pixel(1, 1)).toEqual([200, 201, 202])
  expect(pixel(31, 31)).toEqual([20, 21, 22])
  dataset.batch([2]).fill('input', out)
  expect(pixel(5, 6)).toEqual([30, 31, 32])
})

test.each([0, 3072, 3074])('%i bytes are no records', (length) => {
  expectError(() => cifar10Dataset('photographs', [new Uint8Array(length)]), {
    code: 'file',
    message: new RegExp(`photographs: not records .* Got ${length} bytes; expected a multiple of 3073`),
  })
})
