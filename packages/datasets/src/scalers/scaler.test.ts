import { expectError, expectGolden } from '@sandglass/testing'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createDataset } from '../create-dataset'
import { fromArrays } from '../from-arrays'
import { minMax } from './min-max'
import { applyScaler, invertScaler, parseScaler } from './scaler'
import golden from './scalers.golden.json'
import { standardise } from './standardise'

const dataset = fromArrays({ input: golden.x })
const rows = golden.x.length

function values(data: ReturnType<typeof createDataset>, field = 'input'): Float32Array {
  const indices = Array.from({ length: data.size }, (_, i) => i)
  const out = new Float32Array(data.fields[field]!.data.length)
  data.batch(indices).fill(field, out)
  return out
}

test('standardise agrees with NumPy, per feature and as a whole', () => {
  const scaler = standardise(dataset)
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
  const whole = standardise(dataset, { per: 'field' })
  expectGolden(
    values(applyScaler(whole, dataset)),
    { shape: [rows, 4], data: golden.standardise.whole.flat() },
    { relative: 1e-5, absolute: 1e-6 },
  )
})

test('minMax agrees with NumPy', () => {
  const scaler = minMax(dataset, { range: [-1, 1] })
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
  (data: typeof dataset) => standardise(data),
  (data: typeof dataset) => standardise(data, { per: 'field' }),
  (data: typeof dataset) => minMax(data),
  (data: typeof dataset) => minMax(data, { per: 'field', range: [-3, 5] }),
)

test('JSON keeps a scaler exactly, and inverting undoes applying', () => {
  fc.assert(
    fc.property(table, fit, (input, fit) => {
      const data = fromArrays({ input })
      const scaler = fit(data)
      const copy = parseScaler(JSON.parse(JSON.stringify(scaler)))
      expect(copy).toEqual(scaler)
      const back = invertScaler(copy, values(applyScaler(scaler, data)))
      for (const [i, x] of input.flat().entries()) expect(Math.abs(back[i]! - x)).toBeLessThan(2e-3)
    }),
    { numRuns: 500 },
  )
})

test('standardised data have mean 0 and deviation 1; min-max scaled data span the range', () => {
  fc.assert(
    fc.property(
      table.filter((rows) => new Set(rows.map((row) => row[0])).size > 1),
      (input) => {
        const data = fromArrays({ input })
        const column = (scaled: Float32Array) => input.map((row, i) => scaled[i * row.length]!)
        const z = column(values(applyScaler(standardise(data), data)))
        const mean = z.reduce((a, b) => a + b, 0) / z.length
        expect(mean).toBeCloseTo(0, 4)
        expect(z.reduce((a, b) => a + (b - mean) ** 2, 0) / z.length).toBeCloseTo(1, 4)
        const u = column(values(applyScaler(minMax(data), data)))
        expect(Math.min(...u)).toBeCloseTo(0, 5)
        expect(Math.max(...u)).toBeCloseTo(1, 5)
      },
    ),
    { numRuns: 300 },
  )
})

test('a scaler of the whole field leaves bytes as they are; constant features are only shifted', () => {
  const bytes = Uint8Array.of(10, 20, 30, 40)
  const data = createDataset('d', {
    input: { shape: [2], data: bytes, scale: 1 / 255 },
    other: { shape: [], data: new Uint8Array(2) },
  })
  const scaled = applyScaler(minMax(data, { per: 'field' }), data)
  expect(scaled.fields.input!.data).toBe(bytes)
  expect(scaled.fields.other).toEqual(data.fields.other)
  expect([...values(scaled)].map((x) => Math.round(x * 1e6) / 1e6)).toEqual([0, 0.333333, 0.666667, 1])
  const constant = fromArrays({ input: [[0.1], [0.1], [0.1]] })
  expect(standardise(constant)).toMatchObject({ deviation: 0 })
  expect([...values(applyScaler(standardise(constant), constant))]).toEqual([0, 0, 0])
  expect([...values(applyScaler(minMax(constant), constant))]).toEqual([0, 0, 0])
})

test.each([
  [null, /malformed scaler: scaler: /],
  [{ type: 'robust' }, /malformed scaler: type: /],
  [
    { type: 'standardise', field: 'input', mean: [1], deviation: [1, 2] },
    /lists differ in length. Expected what standardise or minMax returned/,
  ],
  [{ type: 'standardise', field: 'input', mean: 1, deviation: -1 }, /deviation is negative/],
  [{ type: 'standardise', field: 'input', mean: Number.NaN, deviation: 1 }, /malformed scaler: mean/],
  [{ type: 'standardise', field: 'input', mean: 1, deviation: 1, code: 'x' }, /code/],
  [{ type: 'minMax', field: 'input', minimum: 1, maximum: 0, range: [0, 1] }, /maximum is below minimum/],
  [{ type: 'minMax', field: 'input', minimum: 0, maximum: 1, range: [1, 1] }, /range is not ascending/],
])('refuses the JSON %j', (json, message) => {
  expectError(() => parseScaler(json), { code: 'data', message })
})

test('refuses data that do not fit', () => {
  const scaler = standardise(dataset)
  expectError(() => applyScaler(scaler, fromArrays({ input: [[1, 2]] })), {
    code: 'shape',
    message:
      /scaler of field "input" does not fit the data. Got samples of 2 values; expected 4, as when it was fitted/,
  })
  expectError(() => applyScaler(scaler, fromArrays({ image: [1] })), {
    code: 'data',
    message: /no field "input" to scale. Expected one of image/,
  })
  expectError(() => invertScaler(scaler, [1, 2, 3]), {
    code: 'shape',
    message: /Got 3 values; expected a multiple of 4/,
  })
  expectError(() => standardise(dataset, { field: 'x' }), { code: 'data', message: /no field "x"/ })
  expectError(() => minMax(dataset, { range: [1, 0] }), {
    code: 'data',
    message: /malformed range of a min-max scaler. Got \[1, 0\]/,
  })
})
