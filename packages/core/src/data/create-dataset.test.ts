import { expectError } from '@sandglass/testing'
import { expect, test } from 'vitest'
import { createDataset } from './create-dataset'
import { readField } from './read-field'

const input = (data: number[], shape: number[] = [2]) => ({ shape, data: Float32Array.from(data) })

test('keeps arrays without copying and counts samples', () => {
  const data = new Uint8Array(12)
  const dataset = createDataset('d', { input: { shape: [2, 2], data, scale: 1 / 255 } })
  expect(dataset.size).toBe(3)
  expect(dataset.fields).toEqual({ input: { shape: [2, 2], dtype: 'uint8' } })
  expect(Object.isFrozen(dataset.fields.input)).toBe(true)
  data[4] = 255
  expect(readField(dataset, 'input', [1]).data[0]).toBe(1)
})

test.each([
  [Number.NaN, [2], 3, 'Got NaN at row 1, column 1; expected finite numbers. Remove or fill in'],
  [Number.POSITIVE_INFINITY, [2, 2], 6, 'Got Infinity at row 1, position [1, 0]'],
  [Number.NEGATIVE_INFINITY, [], 2, 'Got -Infinity at row 2;'],
])('%s in data is named with its place', (bad, shape, at, text) => {
  const data = new Float32Array(8)
  data[at] = bad
  const error = expectError(() => createDataset('d', { input: { shape, data } }), { code: 'data' })
  expect(error.message).toContain('dataset "d": field "input" is not finite')
  expect(error.message).toContain(text)
})

test.each([
  [
    'no fields',
    () => createDataset('d', {}),
    /dataset "d" has no fields. Expected at least a field named "input"/,
  ],
  [
    'no samples',
    () => createDataset('d', { input: input([]) }),
    /dataset "d" is empty. Got no samples in field "input"; expected at least one/,
  ],
  [
    'a length that does not fit',
    () => createDataset('d', { input: input([1, 2, 3]) }),
    /does not fit its shape. Got 3 values; expected a multiple of 2/,
  ],
  [
    'a malformed shape',
    () => createDataset('d', { input: input([1], [0]) }),
    /malformed shape. Got \[0\]; expected the extents/,
  ],
  [
    'an infinite scale',
    () => createDataset('d', { input: { ...input([1, 2]), scale: Number.NaN } }),
    /scale or offset that is not finite. Got scale NaN, offset 0/,
  ],
  [
    'plain arrays',
    () => createDataset('d', { input: { shape: [], data: [1] as never } }),
    /not stored as a typed array. Got object; expected a Float32Array/,
  ],
  [
    'columns that are not as many as the values',
    () => createDataset('d', { input: { ...input([1, 2]), columns: ['a'] } }),
    /"input": its columns are not named one by one\. Got 1 different names; expected 2, one for each/,
  ],
  [
    'columns of the same name',
    () => createDataset('d', { input: { ...input([1, 2]), columns: ['a', 'a'] } }),
    /Got 1 different names; expected 2/,
  ],
  [
    'names of classes for what are none',
    () => createDataset('d', { input: { ...input([1, 2], []), classes: ['a', 'b'] } }),
    /has names of classes, but holds no class numbers\. Got float32 values of shape \[\]/,
  ],
  [
    'fields of different sizes',
    () => createDataset('d', { input: input([1, 2]), label: { shape: [], data: new Uint8Array(3) } }),
    /fields differ in size. Got 1 samples of "input" and 3 of "label"/,
  ],
])('refuses %s', (_, make, message) => {
  expectError(make, { code: 'data', message })
})
