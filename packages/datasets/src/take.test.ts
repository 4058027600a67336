import { expectError } from '@sandglass/testing'
import { expect, test } from 'vitest'
import { createDataset } from './create-dataset'
import { pick, take } from './take'

const make = () =>
  createDataset('d', {
    input: { shape: [2], data: Uint8Array.from({ length: 10 }, (_, i) => i), scale: 0.5, offset: 1 },
    label: { shape: [], data: Int32Array.of(0, 1, 2, 3, 4) },
    weight: { shape: [], data: Float32Array.of(0, 1, 2, 3, 4) },
  })

test('take shares memory', () => {
  const dataset = make()
  const part = take(dataset, { start: 1, end: 3 })
  expect(part.size).toBe(2)
  expect([...part.fields.input!.data]).toEqual([2, 3, 4, 5])
  expect(part.fields.input!.data.buffer).toBe(dataset.fields.input!.data.buffer)
  expect(part.fields.input).toMatchObject({ scale: 0.5, offset: 1 })
  expect([...take(dataset, 1).fields.label!.data]).toEqual([0])
  expect(take(dataset, { start: 4 }).size).toBe(1)
})

test('pick copies in the storage type, or shares consecutive samples', () => {
  const dataset = make()
  const part = pick(dataset, [4, 0, 4])
  expect(part.fields.input!.data).toEqual(Uint8Array.of(8, 9, 0, 1, 8, 9))
  expect(part.fields.label!.data).toEqual(Int32Array.of(4, 0, 4))
  expect(part.fields.weight!.data).toEqual(Float32Array.of(4, 0, 4))
  expect(pick(dataset, [2, 3]).fields.input!.data.buffer).toBe(dataset.fields.input!.data.buffer)
})

test.each([0, 6, -1, 1.5])('refuses to take %s samples', (count) => {
  expectError(() => take(make(), count), {
    code: 'data',
    message:
      /dataset "d": cannot take these samples. Got samples 0 to .* expected a part, not empty, of 0 to 5/,
  })
})

test('refuses to pick nothing or beyond the end', () => {
  expectError(() => pick(make(), []), { code: 'data', message: /cannot pick no samples/ })
  expectError(() => pick(make(), [5]), {
    code: 'data',
    message: /no sample 5. Expected whole numbers from 0 to 4/,
  })
})
