import {
  type Batch,
  createBatch,
  range,
  SandglassError,
  type StoredField,
  type StreamedDataset,
  sizeOf,
} from '@sandglass/core'
import { checkedBatch } from './checked-batch'
import type { Reader, ReadOptions, Taken } from './reader'

/** Where no buffer is asked for: as many samples as these bytes hold, and no more than these. */
const BUFFER_BYTES = 64 * 2 ** 20
const BUFFER_SAMPLES = 10_000

/** Some samples of a stream, one after another. */
interface Block {
  /** Place of the first one in the stream. */
  readonly first: number
  readonly size: number
  readonly stored: Readonly<Record<string, StoredField & { readonly data: Float32Array }>>
}

/**
 * Batches of a stream. It is read in blocks of whole batches, each of which is shuffled by itself: so the order depends
 * on seed, epoch and buffer alone, and a pass can go on at any batch without what was read before its block. The next
 * block is read while batches of one are handed out.
 */
export function readStream(
  stream: StreamedDataset,
  { batchSize, fields, shuffle, buffer = usualBuffer(stream), from = 0 }: ReadOptions,
): Reader {
  const blockSize = Math.ceil(buffer / batchSize) * batchSize
  const start = from * batchSize
  const check = checkedBatch(stream, fields)
  const blocks = blocksOf(stream, fields, { first: start - (start % blockSize), blockSize })
  let block: Block | undefined
  let order = range(0, 0)
  let at = start % blockSize
  let size: number | undefined
  let closed = false
  let coming: Promise<IteratorResult<Block>> | undefined

  function ask(): Promise<IteratorResult<Block>> {
    const asked = blocks.next()
    // Whoever awaits it is told of the error; a run that ends before does not need to be.
    asked.catch(() => {})
    return asked
  }

  function take(): Taken {
    const places = order.subarray(at, at + batchSize)
    at += places.length
    const rows = places.map((place) => block!.first + place)
    return { batch: check(createBatch(block!.stored, places), rows), rows }
  }

  async function takeNextBlock(): Promise<Taken | undefined> {
    const { value, done } = await (coming ?? ask())
    if (closed) return undefined
    if (done) {
      // Undefined in a pass that goes on where the data ends: nothing of it was read.
      if (block || !from) size = block ? block.first + block.size : 0
      if (size !== undefined) checkSize(stream, size)
      return undefined
    }
    if (block) at = 0
    block = value
    coming = ask()
    order = shuffle
      ? shuffle.streams.at(`data/shuffle/${block.first / blockSize}`, shuffle.epoch).permutation(block.size)
      : range(0, block.size)
    // A pass that goes on where the data ends has no batch left.
    return at < block.size ? take() : takeNextBlock()
  }

  return {
    get size() {
      return size ?? stream.size
    },
    next: () => (block && at < block.size ? take() : takeNextBlock()),
    close: () => {
      closed = true
      block = undefined
      // A stream that fails on being ended has nothing to tell to who does not want it any more.
      blocks.return().catch(() => {})
    },
  }
}

/** Reads a stream in blocks, from a sample on. The last block may be smaller. */
async function* blocksOf(
  stream: StreamedDataset,
  fields: readonly string[],
  { first, blockSize }: { first: number; blockSize: number },
): AsyncGenerator<Block, void, void> {
  let place = first
  let block: Block | undefined
  let filled = 0
  for await (const chunk of stream.read({ from: first, fields })) {
    for (let taken = 0; taken < chunk.size; ) {
      block ??= emptyBlock(stream, fields, place, blockSize)
      const count = Math.min(chunk.size - taken, blockSize - filled)
      copy(chunk, block, { from: taken, to: filled, count })
      taken += count
      filled += count
      if (filled < blockSize) continue
      yield block
      place += blockSize
      block = undefined
      filled = 0
    }
  }
  if (block) yield cut(block, filled)
}

function emptyBlock(
  { fields: held }: StreamedDataset,
  fields: readonly string[],
  first: number,
  size: number,
): Block {
  const stored = fields.map((field) => {
    const { shape } = held[field]!
    return [field, { shape, data: new Float32Array(size * sizeOf(shape)) }] as const
  })
  return { first, size, stored: Object.fromEntries(stored) }
}

/** Copies samples of a chunk into a block. */
function copy(
  chunk: Batch,
  { stored }: Block,
  { from, to, count }: { from: number; to: number; count: number },
): void {
  for (const [field, { shape, data }] of Object.entries(stored)) {
    const width = sizeOf(shape)
    const target = data.subarray(to * width, (to + count) * width)
    if (count === chunk.size) chunk.fill(field, target)
    else {
      const whole = new Float32Array(chunk.size * width)
      chunk.fill(field, whole)
      target.set(whole.subarray(from * width, (from + count) * width))
    }
  }
}

function cut({ first, stored }: Block, size: number): Block {
  const parts = Object.entries(stored).map(
    ([field, each]) => [field, { ...each, data: each.data.subarray(0, size * sizeOf(each.shape)) }] as const,
  )
  return { first, size, stored: Object.fromEntries(parts) }
}

function usualBuffer({ fields }: StreamedDataset): number {
  const bytes = 4 * Object.values(fields).reduce((sum, { shape }) => sum + sizeOf(shape), 0)
  return Math.max(1, Math.min(BUFFER_SAMPLES, Math.floor(BUFFER_BYTES / bytes)))
}

function checkSize({ name, size: declared }: StreamedDataset, size: number): void {
  if (size === 0)
    throw new SandglassError('data', `the stream "${name}" gave no samples`, { expected: 'at least one' })
  if (declared !== undefined && declared !== size)
    throw new SandglassError('data', `the stream "${name}" does not have the size that it says`, {
      got: `${size} samples in a pass`,
      expected: `${declared}`,
      advice: 'Leave its size out, or let every pass give all samples.',
    })
}
