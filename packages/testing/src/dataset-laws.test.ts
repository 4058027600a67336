import { createDataset, createLazyDataset, type Dataset, derive, range } from '@sandglass/core'
import { expect, test } from 'vitest'
import { datasetLaws } from './dataset-laws'

const sound = createDataset('sound', { input: { shape: [2], data: Float32Array.from(range(0, 20)) } })
const changed = (changes: Partial<Dataset>): Dataset => ({ ...sound, ...changes })

test('a sound dataset passes', () => datasetLaws(sound))

test.each<[string, Dataset, RegExp]>([
  [
    'sorts its rows',
    changed({ batch: (rows) => sound.batch(Array.from(rows).sort()) }),
    /a batch: "input" of the samples/,
  ],
  [
    'leaves out repeated rows',
    changed({ batch: (rows) => sound.batch([...new Set(Array.from(rows))]) }),
    /.+/,
  ],
  ['selects all', changed({ select: () => sound as never }), /selected samples are 10/],
  [
    'takes any row',
    changed({ batch: (rows) => sound.batch(Array.from(rows, (row) => Math.abs(row | 0) % 10)) }),
    /the row -1 is not refused/,
  ],
  [
    'keeps the rows of its caller',
    changed({
      batch: (rows) => ({ ...sound.batch(rows), fill: (field, out) => sound.batch(rows).fill(field, out) }),
    }),
    /a batch whose rows the caller has changed since/,
  ],
  [
    'has another shape in batches',
    createLazyDataset('odd', {
      size: 10,
      fields: { input: { shape: [2], dtype: 'float32' } },
      read: (rows) => ({ ...sound.batch(rows), fields: { input: [3] } }),
    }),
    /"input" has the shape \[2\], in a batch \[3\]/,
  ],
  [
    'rounds otherwise in double precision',
    derive(sound, {
      fields: sound.fields,
      see: (batch) => ({
        ...batch,
        fill: (field, out) => {
          batch.fill(field, out)
          if (out instanceof Float64Array) out[0]! += 1e-3
        },
      }),
    }),
    /"input" is not the same in both precisions/,
  ],
])('one that %s does not', async (_, dataset, message) => {
  await expect(datasetLaws(dataset, { seed: 3 })).rejects.toThrow(message)
})
