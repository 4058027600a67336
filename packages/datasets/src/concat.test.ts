import { createBatch, createDataset, createLazyDataset, readField } from '@sandglass/core'
import { expectError } from '@sandglass/testing'
import { expect, test } from 'vitest'
import { concat } from './concat'

const make = (name: string, data: number[], more: object = {}) =>
  createDataset(name, { input: { shape: [1], data: Uint8Array.from(data), scale: 0.5, ...more } })

test('joins samples in order, each as its own dataset has it', () => {
  const joined = concat([make('a', [1, 2]), make('b', [3], { scale: 1 })])
  expect([joined.name, joined.size, joined.fields]).toEqual([
    'a + b',
    3,
    { input: { shape: [1], dtype: 'uint8' } },
  ])
  expect([...readField(joined, 'input').data]).toEqual([0.5, 1, 3])
  expect([...readField(joined, 'input', [2, 0, 2, 1]).data]).toEqual([3, 0.5, 3, 1])
  expect([...readField(joined.select([2, 1, 0]), 'input').data]).toEqual([3, 1, 0.5])
  expect(concat([make('a', [1])], { name: 'n' }).name).toBe('n')
  const floats = make('c', [1], { data: Float32Array.of(0.25) })
  expect(concat([make('a', [1]), floats]).fields.input!.dtype).toBe('float32')
})

test('joins what has to be read', async () => {
  const lazy = createLazyDataset('lazy', {
    size: 2,
    fields: make('a', [1]).fields,
    read: async (rows) =>
      createBatch({ input: { shape: [1], data: Float32Array.from(rows, (row) => 10 + row) } }),
  })
  const joined = concat([make('a', [2]), lazy])
  expect([...(await readField(joined, 'input', [1, 0, 2])).data]).toEqual([10, 1, 11])
})

test('refuses what does not fit together', () => {
  expectError(() => concat([]), { code: 'data', message: /cannot concatenate no datasets/ })
  const wider = make('b', [1, 2], { shape: [2] })
  expectError(() => concat([make('a', [1]), wider]), {
    code: 'data',
    message: /field "input" is not the same in the datasets "a" and "b"\. Got \[2\]; expected \[1\]/,
  })
  expectError(() => concat([make('a', [1], { columns: ['x'] }), make('b', [1], { columns: ['y'] })]), {
    code: 'data',
    message: /Got \[1\], columns y; expected \[1\], columns x/,
  })
  const other = createDataset('c', { image: { shape: [1], data: new Uint8Array(1) } })
  expectError(() => concat([make('a', [1]), other]), {
    message: /datasets "a" and "c" have different fields. Got image; expected input/,
  })
})
