import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createRegistry } from '@sandglass/core'
import { expect, test } from 'vitest'
import { fit } from '../fit/fit'
import { cpu, noisyModel, registry as plain, uniformData } from '../testing/fixture'
import { crc32c } from './crc32c'
import { tensorBoard, trainerNode } from './index'
import { encodeTfEvent, type TfEvent } from './tf-event'
import golden from './tf-event.golden.json'
import { tfRecord } from './tf-record'

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}

test('CRC-32C has the check value and the examples of RFC 3720', () => {
  expect(crc32c(new TextEncoder().encode('123456789'))).toBe(0xe3069283)
  expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa)
  expect(crc32c(new Uint8Array(32).fill(0xff))).toBe(0x62a8ab43)
  expect(crc32c(Uint8Array.from({ length: 32 }, (_, i) => i))).toBe(0x46dd794e)
})

test("events and records are TensorFlow's own, byte for byte", () => {
  for (const { event, record } of golden) expect(hex(tfRecord(encodeTfEvent(event as TfEvent)))).toBe(record)
})

/** The events of a file: a reader of its own, as far as the fields go that are written. */
function readEvents(bytes: Buffer): { step: number; tags: Record<string, number>; start: boolean }[] {
  const events = []
  for (let at = 0; at < bytes.length; ) {
    const length = Number(bytes.readBigUInt64LE(at))
    const data = bytes.subarray(at + 12, at + 12 + length)
    expect(tfRecord(data)).toEqual(new Uint8Array(bytes.subarray(at, at + length + 16)))
    events.push(readEvent(data))
    at += length + 16
  }
  return events
}

function readEvent(data: Buffer) {
  const event = { step: 0, tags: {} as Record<string, number>, start: false }
  for (const [field, value] of fieldsOf(data)) {
    if (field === 2) event.step = value as number
    if (field === 7) event.start = true
    if (field === 5)
      for (const [, summary] of fieldsOf(value as Buffer)) {
        const parts = Object.fromEntries(fieldsOf(summary as Buffer))
        event.tags[String(parts[1])] = (parts[2] as Buffer).readFloatLE()
      }
  }
  return event
}

function fieldsOf(data: Buffer): [number, number | Buffer][] {
  const fields: [number, number | Buffer][] = []
  let at = 0
  const varint = () => {
    let value = 0
    for (let shift = 1; ; shift *= 128) {
      const byte = data[at++]!
      value += (byte & 127) * shift
      if (byte < 128) return value
    }
  }
  const take = (n: number) => {
    at += n
    return data.subarray(at - n, at)
  }
  const readers: Record<number, () => number | Buffer> = {
    0: varint,
    1: () => take(8),
    2: () => take(varint()),
    5: () => take(4),
  }
  while (at < data.length) {
    const key = varint()
    fields.push([key >>> 3, readers[key & 7]!()])
  }
  return fields
}

test('a run writes epochs and steps, and a resumed one voids what came after its start', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'sandglass-'))
  try {
    const registry = createRegistry([...plain.plugins, trainerNode])
    const callbacks = [tensorBoard({ path: folder, everySteps: 2 })]
    const data = { train: uniformData(9), validation: uniformData(4, 2) }
    const options = { registry, backend: cpu, optimizer: 'sgd', epochs: 2, batchSize: 4, callbacks } as const
    const { history, checkpoint, model } = await fit(noisyModel, data, options)
    model.dispose()
    const read = async (part: string) => {
      const names = (await readdir(join(folder, part))).sort()
      return Promise.all(names.map(async (name) => readEvents(await readFile(join(folder, part, name)))))
    }
    const [train] = await read('train')
    expect(train!.map(({ step, tags }) => [step, Object.keys(tags).join(' ')])).toEqual([
      [0, ''],
      [2, 'batch_loss batch_reconstruction batch_learningRate'],
      [3, 'epoch_loss epoch_reconstruction epoch_learningRate'],
      [4, 'batch_loss batch_reconstruction batch_learningRate'],
      [6, 'batch_loss batch_reconstruction batch_learningRate'],
      [6, 'epoch_loss epoch_reconstruction epoch_learningRate'],
    ])
    expect(train![5]!.tags.epoch_loss).toBe(Math.fround(history[1]!.loss!))
    const [validation] = await read('validation')
    expect(validation!.map(({ step, tags }) => [step, tags.epoch_loss])).toEqual([
      [0, undefined],
      [3, Math.fround(history[0]!.val_loss!)],
      [6, Math.fround(history[1]!.val_loss!)],
    ])
    const resumed = await fit(noisyModel, data, { ...options, epochs: 3, resumeFrom: checkpoint })
    resumed.model.dispose()
    const files = await read('train')
    expect(files).toHaveLength(2)
    const again = files.find((events) => events.some(({ start }) => start))!
    expect(again[1]).toEqual({ step: 7, tags: {}, start: true })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})
