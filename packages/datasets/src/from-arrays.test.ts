import { range, readField } from '@sandglass/core'
import { expectError } from '@sandglass/testing'
import { expect, test } from 'vitest'
import { fromArrays } from './from-arrays'

test('nested arrays become fields of their shape', () => {
  const data = fromArrays(
    {
      input: [
        [
          [1, 2, 3],
          [4, 5, 6],
        ],
      ],
      label: [7],
      weight: [0.5],
    },
    { name: 'mine' },
  )
  expect([data.size, data.name]).toEqual([1, 'mine'])
  expect(data.fields).toEqual({
    input: { shape: [2, 3], dtype: 'float32' },
    label: { shape: [], dtype: 'int32' },
    weight: { shape: [], dtype: 'float32' },
  })
  const values = (field: string) => [...readField(data, field).data]
  expect(['input', 'label', 'weight'].map(values)).toEqual([[1, 2, 3, 4, 5, 6], [7], [0.5]])
})

test('typed arrays are kept, not copied', () => {
  const bytes = Uint8Array.of(0, 255)
  const dataset = fromArrays({ input: { data: bytes, shape: [1], scale: 1 / 255 } })
  bytes[0] = 255
  expect([...readField(dataset, 'input').data]).toEqual([1, 1])
  expect(dataset.fields.input!.dtype).toBe('uint8')
})

test('numbers that 32 bits do not hold stay in double precision: milliseconds keep their differences', () => {
  const times = Array.from({ length: 200 }, (_, i) => 1_700_000_000_000 + i)
  for (const input of [
    times.map((t) => [t]),
    { data: times, shape: [1] },
    { data: Float64Array.from(times), shape: [1] },
  ]) {
    const dataset = fromArrays({ input })
    const out = new Float64Array(200)
    dataset.batch(range(0, 200)).fill('input', out)
    expect([...out]).toEqual(times)
    expect(dataset.fields.input!.dtype).toBe('float64')
    // In 32 bits one of them is left.
    expect(new Set(readField(dataset, 'input').data).size).toBe(1)
  }
})

test.each([
  [
    'rows of another length',
    { input: [[1, 2], [3]] },
    'field "input" is ragged at row 1. Got 1 values; expected 2, because the first row has shape [2]',
  ],
  ['a number among rows', { input: [[1], 2] }, 'ragged at row 1. Got 2; expected 1 values'],
  ['a row among numbers', { input: [1, [2]] }, 'ragged at row 1. Got a list; expected a number'],
  [
    'NaN',
    {
      input: [
        [1, 2],
        [3, Number.NaN],
      ],
    },
    'field "input" is not finite. Got NaN at row 1, column 1',
  ],
  [
    'NaN in doubles',
    { input: { data: Float64Array.of(1, Number.NaN), shape: [] } },
    'Got NaN at row 1; expected finite numbers',
  ],
  ['infinity', { input: [Number.POSITIVE_INFINITY] }, 'Got Infinity at row 0'],
  ['text', { input: [['a']] }, 'Got "a" at row 0, column 0'],
  ['null', { input: [null] }, 'Got null at row 0'],
  ['no samples', { input: [] }, 'dataset "arrays" is empty'],
  [
    'fractional labels',
    { label: [0, 1.5] },
    'a label is not a class number. Got 1.5 at row 1; expected whole numbers from 0. Name the field "target"',
  ],
  ['negative labels', { label: [-1] }, 'Got -1 at row 0'],
  ['something else', { input: 3 }, 'field "input" is not an array. Got number; expected nested arrays'],
])('refuses %s', (_, fields, text) => {
  expect(expectError(() => fromArrays(fields as never), { code: 'data' }).message).toContain(text)
})
