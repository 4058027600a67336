import { streamLaws } from '@sandglass/testing'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createBatch } from './create-batch'
import { createDataset } from './create-dataset'
import { createStream } from './create-stream'
import { derive } from './derive'
import { streamOf } from './stream-of'

const points = (size: number) =>
  createDataset('points', {
    input: { shape: [2], data: Float64Array.from({ length: 2 * size }, (_, i) => i / 3) },
    label: { shape: [], data: Uint8Array.from({ length: size }, (_, i) => i % 3) },
  })

test('streams keep the laws: those that can begin anywhere, those that cannot, and views of them', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 60 }),
      fc.integer({ min: 1, max: 20 }),
      async (size, chunk) => {
        const seeking = streamOf(points(size), { chunk })
        await streamLaws(seeking)
        const fromTheBeginning = createStream('s', { fields: seeking.fields, read: () => seeking.read() })
        expect(fromTheBeginning.size).toBeUndefined()
        await streamLaws(fromTheBeginning)
        await streamLaws(derive(fromTheBeginning, { fields: seeking.fields, see: (batch) => batch }))
      },
    ),
    { numRuns: 40 },
  )
})

test('ending early releases what a stream holds', async () => {
  let open = 0
  const stream = createStream('s', {
    fields: { input: { shape: [], dtype: 'float32' } },
    read: async function* () {
      open++
      try {
        for (let i = 0; ; i++) yield createBatch({ input: { shape: [], data: Float32Array.of(i, i) } })
      } finally {
        open--
      }
    },
  })
  for await (const _ of stream.read({ from: 5 })) break
  for await (const _ of derive(stream, { fields: stream.fields, see: (batch) => batch }).read()) break
  expect(open).toBe(0)
})
