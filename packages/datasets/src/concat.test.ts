import { expectError } from '@sandglass/testing'
import { expect, test } from 'vitest'
import { concat } from './concat'
import { createDataset } from './create-dataset'

const make = (name: string, data: number[], more: object = {}) =>
  createDataset(name, { input: { shape: [1], data: Uint8Array.from(data), scale: 0.5, ...more } })

test('joins samples in order and keeps storage and scale', () => {
  const joined = concat([make('a', [1, 2]), make('b', [3])])
  expect(joined.name).toBe('a + b')
  expect(joined.size).toBe(3)
  expect(joined.fields.input).toEqual({ shape: [1], data: Uint8Array.of(1, 2, 3), scale: 0.5 })
  expect(concat([make('a', [1])], { name: 'n' }).name).toBe('n')
})

test('refuses what does not fit together', () => {
  expectError(() => concat([]), { code: 'data', message: /cannot concatenate no datasets/ })
  expectError(() => concat([make('a', [1]), make('b', [1], { scale: 1 })]), {
    code: 'data',
    message:
      /datasets "a" and "b" store field "input" differently. Got uint8 \[1\] × 1 \+ 0; expected uint8 \[1\] × 0.5 \+ 0/,
  })
  expectError(() => concat([make('a', [1]), make('b', [1], { data: Float32Array.of(1) })]), {
    message: /Got float32/,
  })
  const other = createDataset('c', { image: { shape: [1], data: new Uint8Array(1) } })
  expectError(() => concat([make('a', [1]), other]), {
    message: /datasets "a" and "c" have different fields. Got image; expected input/,
  })
})
