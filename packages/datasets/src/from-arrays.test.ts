import { expectError } from '@sandglass/testing'
import { expect, test } from 'vitest'
import { fromArrays } from './from-arrays'

test('nested arrays become fields of their shape', () => {
  const { fields, size, name } = fromArrays(
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
  expect({ size, name }).toEqual({ size: 1, name: 'mine' })
  expect(fields.input).toEqual({ shape: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, 6) })
  expect(fields.label).toEqual({ shape: [], data: Int32Array.of(7) })
  expect(fields.weight).toEqual({ shape: [], data: Float32Array.of(0.5) })
})

test('typed arrays are kept, doubles narrowed', () => {
  const data = Uint8Array.of(0, 255)
  const { fields } = fromArrays({
    input: { data, shape: [1], scale: 1 / 255 },
    target: { data: Float64Array.of(0.1, 0.2), shape: [1] },
  })
  expect(fields.input!.data).toBe(data)
  expect(fields.input!.scale).toBe(1 / 255)
  expect(fields.target!.data).toEqual(Float32Array.of(0.1, 0.2))
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
  ['numbers beyond float32', { input: [1e39] }, 'Got 1e+39 at row 0'],
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
