import { createDataset, createLazyDataset, type MemoryDataset, readField } from '@sandglass/core'
import { expectError, expectGolden } from '@sandglass/testing'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fromArrays } from '../from-arrays'
import { minMax } from './min-max'
import { applyScaler, invertScaler, parseScaler } from './scaler'
import golden from './scalers.golden.json'
import { standardise } from './standardise'

const dataset = fromArrays({ input: golden.x })
const rows = golden.x.length

const values = (data: MemoryDataset, field = 'input') => readField(data, field).data

test('standardise agrees with NumPy, per feature and as a whole', async () => {
  const scaler = await standardise(dataset)
  expectGolden((scaler as { mean: number[] }).mean, golden.standardise.mean, {
    relative: 1e-12,
    absolute: 1e-12,
  })
  expectGolden((scaler as { deviation: number[] }).deviation, golden.standardise.deviation, {
    relative: 1e-12,
    absolute: 1e-12,
  })
  expectGolden(
    values(applyScaler(scaler, dataset)),
    { shape: [rows, 4], data: golden.standardise.scaled.flat() },
    { relative: 1e-6, absolute: 1e-7 },
  )
  const whole = await standardise(dataset, { per: 'field' })
  expectGolden(
    values(applyScaler(whole, dataset)),
    { shape: [rows, 4], data: golden.standardise.whole.flat() },
    { relative: 1e-5, absolute: 1e-6 },
  )
})

test('minMax agrees with NumPy', async () => {
  const scaler = await minMax(dataset, { range: [-1, 1] })
  expect(scaler).toMatchObject({
    type: 'minMax',
    minimum: golden.minMax.minimum,
    maximum: golden.minMax.maximum,
  })
  expectGolden(
    values(applyScaler(scaler, dataset)),
    { shape: [rows, 4], data: golden.minMax.scaled.flat() },
    { relative: 1e-6, absolute: 1e-6 },
  )
})

const table = fc.tuple(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 5 })).chain(([n, width]) =>
  fc.array(fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: width, maxLength: width }), {
    minLength: n,
    maxLength: n,
  }),
)
const fit = fc.constantFrom(
  (data: MemoryDataset) => standardise(data),
  (data: MemoryDataset) => standardise(data, { per: 'field' }),
  (data: MemoryDataset) => minMax(data),
  (data: MemoryDataset) => minMax(data, { per: 'field', range: [-3, 5] }),
)

test('JSON keeps a scaler exactly, and inverting undoes applying', async () => {
  await fc.assert(
    fc.asyncProperty(table, fit, async (input, fit) => {
      const data = fromArrays({ input })
      const scaler = await fit(data)
      const copy = parseScaler(JSON.parse(JSON.stringify(scaler)))
      expect(copy).toEqual(scaler)
      const back = invertScaler(copy, values(applyScaler(scaler, data)))
      for (const [i, x] of input.flat().entries()) expect(Math.abs(back[i]! - x)).toBeLessThan(2e-3)
    }),
    { numRuns: 500 },
  )
})

test('standardised data have mean 0 and deviation 1; min-max scaled data span the range', async () => {
  await fc.assert(
    fc.asyncProperty(
      table.filter((rows) => new Set(rows.map((row) => row[0])).size > 1),
      async (input) => {
        const data = fromArrays({ input })
        const column = (scaled: Float32Array) => input.map((row, i) => scaled[i * row.length]!)
        const z = column(values(applyScaler(await standardise(data), data)))
        const mean = z.reduce((a, b) => a + b, 0) / z.length
        expect(mean).toBeCloseTo(0, 4)
        expect(z.reduce((a, b) => a + (b - mean) ** 2, 0) / z.length).toBeCloseTo(1, 4)
        const u = column(values(applyScaler(await minMax(data), data)))
        expect(Math.min(...u)).toBeCloseTo(0, 5)
        expect(Math.max(...u)).toBeCloseTo(1, 5)
      },
    ),
    { numRuns: 300 },
  )
})

test('other fields stay as they are; constant features are only shifted', async () => {
  const data = createDataset('d', {
    input: { shape: [2], data: Uint8Array.of(10, 20, 30, 40), scale: 1 / 255, columns: ['a', 'b'] },
    other: { shape: [], data: Uint8Array.of(7, 8) },
  })
  const scaled = applyScaler(await minMax(data, { per: 'field' }), data)
  expect(scaled.fields).toEqual({
    input: { shape: [2], dtype: 'float32', columns: ['a', 'b'] },
    other: { shape: [], dtype: 'uint8' },
  })
  expect([...values(scaled, 'other')]).toEqual([7, 8])
  expect([...values(scaled)].map((x) => Math.round(x * 1e6) / 1e6)).toEqual([0, 0.333333, 0.666667, 1])
  expect([...values(scaled.select([1, 1]))]).toEqual([
    ...values(scaled, 'input').slice(2),
    ...values(scaled).slice(2),
  ])
  const constant = fromArrays({ input: [[0.1], [0.1], [0.1]] })
  expect(await standardise(constant)).toMatchObject({ deviation: 0 })
  expect([...values(applyScaler(await standardise(constant), constant))]).toEqual([0, 0, 0])
  expect([...values(applyScaler(await minMax(constant), constant))]).toEqual([0, 0, 0])
})

test('large numbers that differ little stay apart: scaling is done in double precision', async () => {
  const times = Array.from({ length: 200 }, (_, i) => [1_700_000_000_000 + i])
  const data = fromArrays({ input: times })
  for (const scaler of [await standardise(data), await minMax(data)]) {
    const scaled = values(applyScaler(scaler, data))
    expect(new Set(scaled).size).toBe(200)
    expect([...scaled]).toEqual([...scaled].sort((a, b) => a - b))
  }
})

test('data that are read are fitted in one pass, chunk by chunk, to the same numbers', async () => {
  const input = Array.from({ length: 3000 }, (_, i) => [Math.sin(i) + 1e6, (i * i) % 17])
  const data = fromArrays({ input })
  let asked = 0
  const lazy = createLazyDataset('lazy', {
    size: data.size,
    fields: data.fields,
    read: async (rows) => {
      asked += rows.length
      return data.batch(rows)
    },
  })
  const mean = [0, 1].map((j) => input.reduce((sum, row) => sum + row[j]!, 0) / 3000)
  const variance = [0, 1].map((j) => input.reduce((sum, row) => sum + (row[j]! - mean[j]!) ** 2, 0) / 3000)
  const scaler = (await standardise(lazy)) as { mean: number[]; deviation: number[] }
  expect(asked).toBe(3000)
  for (const j of [0, 1]) {
    expect(scaler.mean[j]! / mean[j]!).toBeCloseTo(1, 13)
    expect(scaler.deviation[j]! / Math.sqrt(variance[j]!)).toBeCloseTo(1, 9)
  }
  expect(await standardise(data)).toEqual(scaler)
  const [one] = Array.from((await readField(applyScaler(scaler as never, lazy), 'input', [5])).data)
  expect(one).toBe(Math.fround((input[5]![0]! - mean[0]!) / Math.sqrt(variance[0]!)))
})

test.each([
  [null, /malformed scaler: scaler: /],
  [{ type: 'maxAbs' }, /malformed scaler: type: /],
  [{ type: 'robust', field: 'input', centre: 1, spread: -1 }, /spread is negative/],
  [
    { type: 'standardise', field: 'input', mean: [1], deviation: [1, 2] },
    /lists differ in length. Expected what standardise, minMax or robust returned/,
  ],
  [{ type: 'standardise', field: 'input', mean: 1, deviation: -1 }, /deviation is negative/],
  [{ type: 'standardise', field: 'input', mean: Number.NaN, deviation: 1 }, /malformed scaler: mean/],
  [{ type: 'standardise', field: 'input', mean: 1, deviation: 1, code: 'x' }, /code/],
  [{ type: 'minMax', field: 'input', minimum: 1, maximum: 0, range: [0, 1] }, /maximum is below minimum/],
  [{ type: 'minMax', field: 'input', minimum: 0, maximum: 1, range: [1, 1] }, /range is not ascending/],
])('refuses the JSON %j', (json, message) => {
  expectError(() => parseScaler(json), { code: 'data', message })
})

test('refuses data that do not fit', async () => {
  const scaler = await standardise(dataset)
  expectError(() => applyScaler(scaler, fromArrays({ input: [[1, 2]] })), {
    code: 'shape',
    message:
      /scaler of field "input" does not fit the data. Got samples of 2 values; expected 4, as when it was fitted/,
  })
  expectError(() => applyScaler(scaler, fromArrays({ image: [1] })), {
    code: 'data',
    message: /no field "input". Expected one of image/,
  })
  expectError(() => invertScaler(scaler, [1, 2, 3]), {
    code: 'shape',
    message: /Got 3 values; expected a multiple of 4/,
  })
  await expectError(() => standardise(dataset, { field: 'x' }), { code: 'data', message: /no field "x"/ })
  await expectError(() => minMax(dataset, { range: [1, 0] }), {
    code: 'data',
    message: /malformed range of a min-max scaler. Got \[1, 0\]/,
  })
})
