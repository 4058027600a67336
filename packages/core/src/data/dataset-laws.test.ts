import { datasetLaws, expectError } from '@sandglass/testing'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Dataset } from '../dataset'
import { createBatch } from './create-batch'
import { createDataset } from './create-dataset'
import { createLazyDataset } from './create-lazy-dataset'
import { derive } from './derive'
import { joinFields } from './join-fields'
import { readField } from './read-field'

/** Sample i is (i, 10 i) with label i mod 3. */
function points(size: number) {
  return createDataset('points', {
    input: {
      shape: [2],
      data: Float32Array.from({ length: 2 * size }, (_, i) => (i % 2 ? 5 : 0.5) * (i & ~1)),
    },
    label: { shape: [], data: Uint8Array.from({ length: size }, (_, i) => i % 3), classes: ['a', 'b', 'c'] },
  })
}

function lazyPoints(size: number, log?: (readonly string[])[]): Dataset {
  return createLazyDataset('points', {
    size,
    fields: points(1).fields,
    read: async (rows, fields) => {
      log?.push(fields)
      return createBatch({
        input: { shape: [2], data: Float32Array.from([...rows].flatMap((row) => [row, 10 * row])) },
        label: { shape: [], data: Uint8Array.from(rows, (row) => row % 3) },
      })
    },
  })
}

const doubled = (dataset: Dataset) =>
  derive(dataset, {
    fields: dataset.fields,
    see: (batch) => ({
      ...batch,
      fill: (field, out) => {
        batch.fill(field, out)
        if (field === 'input') for (let i = 0; i < out.length; i++) out[i]! *= 2
      },
    }),
  })

const weights = (size: number) =>
  createDataset('weights', {
    weight: { shape: [], data: Float64Array.from({ length: size }, (_, i) => i / 7) },
  })

const kinds: Record<string, (size: number) => Dataset> = {
  'in memory': points,
  read: lazyPoints,
  derived: (size) => doubled(points(size)),
  'derived from what is read': (size) => doubled(lazyPoints(size)),
  joined: (size) => joinFields(points(size), weights(size)),
  'joined with what is read': (size) => joinFields(lazyPoints(size), weights(size)),
  selected: (size) => points(size + 2).select(Array.from({ length: size }, (_, i) => (7 * i) % (size + 2))),
}

describe.each(Object.entries(kinds))('a dataset that is %s', (_, make) => {
  test('keeps the laws', async () => {
    const sizes = fc.integer({ min: 1, max: 40 })
    await fc.assert(
      fc.asyncProperty(sizes, fc.nat(), async (size, seed) => {
        await datasetLaws(make(size), { seed })
      }),
      { numRuns: 30 },
    )
  })
})

test('what is read has the values of what is in memory, and only the fields asked for are read', async () => {
  const log: (readonly string[])[] = []
  const lazy = lazyPoints(30, log)
  for (const field of ['input', 'label'])
    expect(await readField(lazy.select([5, 5, 29]).select([2, 0]), field)).toEqual(
      readField(points(30), field, [29, 5]),
    )
  expect(log).toEqual([['input'], ['label']])
  await joinFields(lazy, weights(30)).batch([0], ['weight', 'label'])
  expect(log.at(-1)).toEqual(['label'])
})

test('selections of memory are views: they show what becomes of it', () => {
  const data = Float32Array.of(1, 2, 3, 4)
  const dataset = createDataset('d', { input: { shape: [], data } })
  const [consecutive, others] = [dataset.select([1, 2]), dataset.select([3, 1])]
  data[1] = 20
  expect([...readField(consecutive, 'input').data]).toEqual([20, 3])
  expect([...readField(others, 'input').data]).toEqual([4, 20])
})

test.each([
  [[], /dataset "points": cannot select no samples\. Expected at least one row/],
  [[4], /dataset "points": no sample 4\. Expected whole numbers from 0 to 3/],
  [[0.5], /no sample 0.5/],
])('refuses to select %j', (rows, message) => {
  for (const dataset of [points(4), lazyPoints(4), points(9).select([8, 1, 2, 3])])
    expectError(() => dataset.select(rows), { code: 'data', message })
})

test('refuses fields of other sizes and fields that are not there', () => {
  expectError(() => joinFields(points(3), weights(4)), {
    code: 'data',
    message: /dataset "points": fields differ in size\. Got 3 samples and 4 of "weight"; expected as many/,
  })
  expectError(() => readField(points(3), 'target'), {
    code: 'data',
    message: /dataset "points" has no field "target"\. Expected one of input, label/,
  })
  expectError(
    () =>
      createBatch({ a: { shape: [], data: new Uint8Array(2) }, b: { shape: [], data: new Uint8Array(3) } }),
    {
      code: 'data',
      message: /not as many samples each\. Got 2, 3/,
    },
  )
})
