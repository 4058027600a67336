import {
  createBatch,
  createDataset,
  createLazyDataset,
  createStream,
  createStreams,
  readField,
  streamOf,
} from '@sandglass/core'
import { expectError } from '@sandglass/testing'
import fc from 'fast-check'
import { describe, expect, test, vi } from 'vitest'
import { readBatches } from './read-batches'
import type { ReadOptions } from './reader'

/** Sample i is (i, i, i, i, i, i). */
const numbered = (size: number) =>
  createDataset('numbered', {
    input: { shape: [6], data: Float32Array.from({ length: 6 * size }, (_, i) => Math.floor(i / 6)) },
    label: { shape: [], data: new Uint8Array(size) },
  })

const lazy = (size: number, log: number[] = []) =>
  createLazyDataset('lazy', {
    size,
    fields: numbered(1).fields,
    read: async (rows, fields) => {
      log.push(rows[0]!)
      expect(fields).toEqual(['input'])
      return numbered(size).batch(rows)
    },
  })

const kinds = {
  'in memory': numbered,
  read: lazy,
  'a stream that begins anywhere': (size: number) => streamOf(numbered(size), { chunk: 7 }),
  'a stream that begins at the beginning': (size: number) =>
    createStream('s', {
      fields: numbered(1).fields,
      read: () => streamOf(numbered(size), { chunk: 5 }).read(),
    }),
}

async function samples(data: Parameters<typeof readBatches>[0], options: Omit<ReadOptions, 'fields'>) {
  const reader = readBatches(data, { fields: ['input'], ...options })
  const batches: number[][] = []
  for (;;) {
    const taken = await reader.next()
    if (!taken) return { batches, size: reader.size }
    const out = new Float32Array(6 * taken.batch.size)
    taken.batch.fill('input', out)
    const seen = Array.from({ length: taken.batch.size }, (_, i) => out[6 * i]!)
    expect([...taken.rows]).toEqual(seen)
    batches.push(seen)
  }
}

const shuffled = (seed: number, epoch: number) => ({ streams: createStreams(seed), epoch })
const sizes = fc.tuple(
  fc.integer({ min: 1, max: 60 }),
  fc.integer({ min: 1, max: 9 }),
  fc.integer({ min: 1, max: 80 }),
)

describe.each(Object.entries(kinds))('data that is %s', (_, make) => {
  test('a pass gives every sample once, in batches of the size asked for', async () => {
    await fc.assert(
      fc.asyncProperty(sizes, fc.boolean(), async ([size, batchSize, buffer], shuffle) => {
        const options = { batchSize, buffer, ...(shuffle && { shuffle: shuffled(1, 3) }) }
        const { batches, size: found } = await samples(make(size), options)
        expect(batches.slice(0, -1).every((batch) => batch.length === batchSize)).toBe(true)
        const all = batches.flat()
        if (!shuffle) expect(all).toEqual([...all.keys()])
        expect(all.sort((a, b) => a - b)).toEqual(Array.from({ length: size }, (_, i) => i))
        expect(found).toBe(size)
      }),
      { numRuns: 60 },
    )
  })

  test('a pass can go on at any batch, with the very batches that it would have had', async () => {
    await fc.assert(
      fc.asyncProperty(sizes, async ([size, batchSize, buffer]) => {
        const options = { batchSize, buffer, shuffle: shuffled(2, 1) }
        const { batches } = await samples(make(size), options)
        for (let from = 0; from <= batches.length; from++)
          expect((await samples(make(size), { ...options, from })).batches).toEqual(batches.slice(from))
      }),
      { numRuns: 20 },
    )
  })

  test('the order is that of seed and epoch', async () => {
    const order = async (seed: number, epoch: number) =>
      (await samples(make(50), { batchSize: 8, shuffle: shuffled(seed, epoch) })).batches
    expect(await order(1, 2)).toEqual(await order(1, 2))
    expect(await order(1, 2)).not.toEqual(await order(1, 3))
    expect(await order(1, 2)).not.toEqual(await order(2, 2))
  })
})

test('a stream is shuffled among the samples of its buffer, whose size makes no whole batches smaller', async () => {
  const { batches } = await samples(kinds['a stream that begins anywhere'](60), {
    batchSize: 4,
    buffer: 18,
    shuffle: shuffled(1, 0),
  })
  // 18 samples are 20: whole batches.
  for (const [i, value] of batches.flat().entries()) expect(Math.floor(value / 20)).toBe(Math.floor(i / 20))
  expect(batches.flat().slice(0, 20)).not.toEqual([...Array(20).keys()])
})

test('what has to be read is asked for while batches are worked on, and no more once it is closed', async () => {
  const log: number[] = []
  const reader = readBatches(lazy(100, log), { fields: ['input'], batchSize: 10 })
  await reader.next()
  expect(log).toEqual([0, 10, 20])
  await reader.next()
  expect(log).toEqual([0, 10, 20, 30])
  reader.close()
  expect(reader.next()).toBeUndefined()
  expect(log).toHaveLength(4)
})

test('closing a stream releases it', async () => {
  let open = 0
  const stream = createStream('s', {
    fields: numbered(1).fields,
    read: async function* () {
      open++
      try {
        for (;;) yield numbered(4).batch([0, 1, 2, 3])
      } finally {
        open--
      }
    },
  })
  const reader = readBatches(stream, { fields: ['input'], batchSize: 4, buffer: 8 })
  expect((await reader.next())!.batch.size).toBe(4)
  expect(open).toBe(1)
  reader.close()
  expect(await reader.next()).toBeUndefined()
  await vi.waitFor(() => expect(open).toBe(0))
})

test('an error while reading reaches who takes the batch, and nobody else', async () => {
  const failing = createLazyDataset('failing', {
    size: 30,
    fields: numbered(1).fields,
    read: async (rows) => {
      if (rows[0]! >= 10) throw new Error('unreadable')
      return numbered(30).batch(rows)
    },
  })
  const reader = readBatches(failing, { fields: ['input'], batchSize: 10 })
  await reader.next()
  await new Promise((resolve) => setTimeout(resolve, 5))
  await expect(reader.next()).rejects.toThrow('unreadable')
})

test('streams that say a size and have another one, or have no samples, are refused', async () => {
  const read = () => streamOf(numbered(10)).read()
  const { fields } = numbered(1)
  await expectError(() => samples(createStream('short', { fields, size: 11, read }), { batchSize: 4 }), {
    code: 'data',
    message: /the stream "short" does not have the size that it says\. Got 10 samples in a pass; expected 11/,
  })
  const none = createStream('none', { fields, read: async function* () {} })
  await expectError(() => samples(none, { batchSize: 4 }), {
    code: 'data',
    message: /the stream "none" gave no samples\. Expected at least one/,
  })
})

test('a number that is not finite is named by its place in the data, wherever it comes from', async () => {
  const values = readField(numbered(30), 'input').data.slice()
  values[6 * 17 + 2] = Number.NaN
  const { fields } = numbered(1)
  const broken = (rows: Int32Array) => createBatch({ input: { shape: [6], data: values } }, rows)
  const dataset = createLazyDataset('broken', { size: 30, fields, read: broken })
  for (const data of [dataset, streamOf(dataset, { chunk: 4 })])
    await expectError(() => samples(data, { batchSize: 7, shuffle: shuffled(1, 1) }), {
      code: 'data',
      message: /the data "broken" is not finite\. Got NaN in sample 17 of the field "input" \(element 2\)/,
    })
})
