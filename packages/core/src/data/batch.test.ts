import { expectError } from '@sandglass/testing'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createDataset } from './create-dataset'

const storages = [
  (values: number[]) => Uint8Array.from(values),
  (values: number[]) => Int32Array.from(values),
  (values: number[]) => Float32Array.from(values),
]

test('fill gives data · scale + offset of the samples asked for, whatever the storage', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...storages),
      fc.integer({ min: 1, max: 20 }),
      fc.constantFrom([], [1], [5], [3, 4], [40]),
      fc.constantFrom(1, 1 / 255, -2.5),
      fc.constantFrom(0, 0.25),
      fc.array(fc.nat(), { maxLength: 12 }),
      (store, size, shape, scale, offset, picks) => {
        const width = shape.reduce<number>((a, b) => a * b, 1)
        const data = store(Array.from({ length: size * width }, (_, i) => (i * 37) % 251))
        const indices = picks.map((pick) => pick % size)
        const batch = createDataset('d', { input: { shape, data, scale, offset } }).batch(indices)
        const out = new Float32Array(indices.length * width)
        batch.fill('input', out)
        const expected = indices.flatMap((i) =>
          Array.from({ length: width }, (_, j) => Math.fround(data[i * width + j]! * scale + offset)),
        )
        expect([...out]).toEqual(expected)
        expect(batch.size).toBe(indices.length)
        expect(batch.fields).toEqual({ input: shape })
      },
    ),
    { numRuns: 500 },
  )
})

test('bytes scaled by 1/255 are exactly byte / 255 in float32', () => {
  const bytes = Uint8Array.from({ length: 256 }, (_, i) => i)
  const out = new Float32Array(256)
  createDataset('d', { input: { shape: [256], data: bytes, scale: 1 / 255 } })
    .batch([0])
    .fill('input', out)
  expect([...out]).toEqual(Array.from(bytes, (byte) => Math.fround(byte / 255)))
})

test('a batch does not change when the indices given do', () => {
  const dataset = createDataset('d', { input: { shape: [], data: Float32Array.of(5, 6) } })
  const indices = Int32Array.of(1)
  const batch = dataset.batch(indices)
  indices[0] = 0
  const out = new Float32Array(1)
  batch.fill('input', out)
  expect(out[0]).toBe(6)
})

const dataset = createDataset('d', { input: { shape: [2], data: new Float32Array(6) } })

test.each([-1, 3, 0.5, Number.NaN])('refuses index %s', (index) => {
  expectError(() => dataset.batch([index]), {
    code: 'data',
    message: new RegExp(`dataset "d": no sample ${index}. Expected whole numbers from 0 to 2`),
  })
})

test('refuses unknown fields, inherited names and arrays of the wrong length', () => {
  const batch = dataset.batch([0, 1])
  expectError(() => batch.fill('image', new Float32Array(4)), {
    code: 'data',
    message: /dataset "d" has no field "image". Expected one of input/,
  })
  expectError(() => batch.fill('constructor', new Float32Array(4)), { message: /no field "constructor"/ })
  expectError(() => batch.fill('input', new Float32Array(5)), {
    code: 'shape',
    message: /Got room for 5 values; expected 4: 2 samples of 2/,
  })
})
