import { createDataset, createLazyDataset, type MemoryDataset, readField } from '@sandglass/core'
import { expectError } from '@sandglass/testing'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { split } from './split'

function labelled(labels: readonly number[]) {
  return createDataset('d', {
    input: { shape: [], data: Int32Array.from(labels.keys()) },
    label: { shape: [], data: Int32Array.from(labels) },
  })
}

const ids = (dataset: MemoryDataset) => [...readField(dataset, 'input').data]

const labels = fc.array(fc.nat(4), { minLength: 10, maxLength: 300 })
const seed = fc.option(fc.nat(), { nil: undefined })
const stratify = fc.constantFrom(undefined, 'label')

test('fractions of sum 1 partition the data', () => {
  fc.assert(
    fc.property(labels, seed, stratify, (labels, seed, stratify) => {
      const parts = split(labelled(labels), { train: 0.6, validation: 0.2, test: 0.2 }, { seed, stratify })
      const all = Object.values(parts).flatMap(ids)
      expect(all.sort((a, b) => a - b)).toEqual([...labels.keys()])
      expect(Math.abs(parts.train.size - 0.6 * labels.length)).toBeLessThan(1)
    }),
    { numRuns: 300 },
  )
})

test('counts are exact and parts share nothing', () => {
  fc.assert(
    fc.property(labels, seed, stratify, (labels, seed, stratify) => {
      const parts = split(labelled(labels), { a: 4, b: 2 }, { seed, stratify })
      expect([parts.a.size, parts.b.size]).toEqual([4, 2])
      expect(new Set([...ids(parts.a), ...ids(parts.b)]).size).toBe(6)
    }),
    { numRuns: 200 },
  )
})

test('fields stay together', () => {
  const labels = Array.from({ length: 50 }, (_, i) => (i * 7) % 5)
  const { train } = split(labelled(labels), { train: 0.5, test: 0.5 }, { seed: 3, stratify: 'label' })
  expect(ids(train).map((i) => labels[i])).toEqual([...readField(train, 'label').data])
})

test('stratified parts keep the proportions of the classes', () => {
  fc.assert(
    fc.property(labels, seed, (labels, seed) => {
      const parts = split(
        labelled(labels),
        { train: 0.5, validation: 0.3, test: 0.2 },
        { seed, stratify: 'label' },
      )
      const classes = new Set(labels)
      for (const part of Object.values(parts))
        for (const c of classes) {
          const share = labels.filter((label) => label === c).length / labels.length
          const got = [...readField(part, 'label').data].filter((label) => label === c).length
          expect(Math.abs(got - share * part.size)).toBeLessThanOrEqual(1 + classes.size * share + 1e-9)
        }
    }),
    { numRuns: 300 },
  )
})

test('without a seed parts are cut in order; with one the order is its own', () => {
  const dataset = labelled(Array(20).fill(0))
  const parts = split(dataset, { train: 15, validation: 5 })
  expect(ids(parts.validation)).toEqual([15, 16, 17, 18, 19])
  const drawn = (seed: number) => ids(split(dataset, { train: 15 }, { seed }).train)
  expect(drawn(1)).toEqual(drawn(1))
  expect(drawn(1)).not.toEqual(drawn(2))
  expect(drawn(1)).not.toEqual(ids(parts.train))
})

test.each([
  [{}, {}, /cannot split into these parts. Got no parts/],
  [{ train: -1 }, {}, /Got train -1; expected a fraction or a count above 0 for each part/],
  [
    { train: 0.9, test: 0.2 },
    {},
    /Got train 0.9, test 0.2; expected fractions that add up to at most 1, or whole numbers/,
  ],
  [
    { train: 10, test: 1 },
    {},
    /too few samples for these parts. Got train 10, test 1; expected at most 10 in all/,
  ],
  [{ train: 0.99, test: 0.01 }, {}, /part "test" would be empty/],
  [{ train: 0.5 }, { stratify: 'class' }, /cannot stratify by "class". Got no such field/],
  [
    { train: 0.5 },
    { stratify: 'weight' },
    /cannot stratify by "weight". Got a field that is not a class number per sample/,
  ],
])('refuses %j %j', (parts, options, message) => {
  const dataset = createDataset('d', {
    input: { shape: [], data: new Uint8Array(10) },
    weight: { shape: [], data: new Float32Array(10) },
  })
  expectError(() => split(dataset, parts as Record<string, number>, options), { code: 'data', message })
})

test('datasets that are read are split too, by their classes where these are at hand', () => {
  const inMemory = labelled([0, 1, 0, 1])
  const lazy = (fields: readonly string[]) =>
    createLazyDataset('lazy', {
      size: 4,
      fields: inMemory.fields,
      read: (rows, wanted) =>
        wanted.every((field) => fields.includes(field))
          ? inMemory.batch(rows)
          : Promise.resolve(inMemory.batch(rows)),
    })
  const parts = split(lazy(['label']), { a: 2, b: 2 }, { stratify: 'label', seed: 1 })
  expect(parts).toMatchObject({ a: { size: 2 }, b: { size: 2 } })
  expect([...(readField(parts.a, 'label') as { data: Float32Array }).data].sort()).toEqual([0, 1])
  expect(split(lazy([]), { a: 2, b: 2 }, { seed: 1 }).a.size).toBe(2)
  expectError(() => split(lazy([]), { a: 2 }, { stratify: 'label' }), {
    code: 'data',
    message:
      /cannot stratify by "label"\. Got a field that has to be read first; .* into memory first \(load\)/,
  })
})
