import { expect, test } from 'vitest'
import { type Channel, watch } from './event-channel'

async function collect<T>(events: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const event of events) all.push(event)
  return all
}

test('work begins by itself, but not before one can listen', async () => {
  const log: string[] = []
  const run = watch(async (channel: Channel<number>) => {
    log.push(`open: ${channel.open}`)
    channel.send(1)
    return 'done'
  })
  log.push('made')
  expect(await collect(run)).toEqual([1])
  expect(log).toEqual(['made', 'open: true'])
  expect(await run).toBe('done')
})

test('slow readers miss nothing, late ones get what is left, and nobody need listen', async () => {
  const run = watch(async (channel: Channel<number>) => {
    for (let i = 0; i < 5; i++) {
      channel.send(i)
      await new Promise((resolve) => setTimeout(resolve, 2))
    }
    return channel.open
  })
  const slow = (async () => {
    const all: number[] = []
    for await (const event of run) {
      await new Promise((resolve) => setTimeout(resolve, 7))
      all.push(event)
    }
    return all
  })()
  await new Promise((resolve) => setTimeout(resolve, 5))
  const late = await collect(run)
  expect(late.length).toBeLessThan(5)
  expect(await slow).toEqual([0, 1, 2, 3, 4])
  expect(await run).toBe(true)
  expect(await collect(run)).toEqual([])
  expect(await watch(async (channel) => channel.open)).toBe(false)
})

test('a failure reaches readers after the events before it, and the promise', async () => {
  const run = watch(async (channel: Channel<number>) => {
    channel.send(7)
    throw new Error('no more')
  })
  const seen: number[] = []
  await expect(
    (async () => {
      for await (const event of run) seen.push(event)
    })(),
  ).rejects.toThrow('no more')
  expect(seen).toEqual([7])
  await expect(run).rejects.toThrow('no more')
})
