import { expect, test } from 'vitest'
import type { CompiledGraph } from './compiled-graph'
import { createGraphCache } from './graph-cache'

function fakes() {
  const log: string[] = []
  const make = (name: string) => async () => {
    log.push(`make ${name}`)
    return {
      release: async () => {
        log.push(`release ${name}`)
      },
    } as CompiledGraph
  }
  return { log, make }
}

test('graphs are made once, and the least recently used goes first', async () => {
  const { log, make } = fakes()
  const cache = createGraphCache(async () => {
    log.push('save')
  }, 2)
  const a = await cache.get('a', make('a'))
  await cache.get('b', make('b'))
  expect(await cache.get('a', make('a'))).toBe(a)
  await cache.get('c', make('c'))
  expect(log).toEqual(['make a', 'make b', 'make c', 'save', 'release b'])
  await cache.clear()
  expect(log.slice(5)).toEqual(['release a', 'release c'])
  await cache.get('a', make('a'))
  expect(log.at(-1)).toBe('make a')
})

test('failures are not kept', async () => {
  const { log, make } = fakes()
  const cache = createGraphCache()
  const fail = () => Promise.reject(new Error('no kernel'))
  await expect(cache.get('a', fail)).rejects.toThrow('no kernel')
  await cache.get('a', make('a'))
  expect(log).toEqual(['make a'])
  await expect(cache.get('b', fail)).rejects.toThrow('no kernel')
  await cache.clear()
  expect(log).toEqual(['make a', 'release a'])
})
