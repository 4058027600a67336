import { expect, test } from 'vitest'
import { createSerially } from './serially'

test('tasks run one after another, also after one that fails', async () => {
  const serially = createSerially()
  const log: string[] = []
  const task = (name: string, wait: number) => async () => {
    log.push(`${name} starts`)
    await new Promise((resolve) => setTimeout(resolve, wait))
    log.push(`${name} ends`)
    if (name === 'b') throw new Error('b fails')
    return name
  }
  const results = await Promise.allSettled([
    serially(task('a', 5)),
    serially(task('b', 0)),
    serially(() => {
      throw new Error('at once')
    }),
    serially(task('c', 0)),
  ])
  expect(log).toEqual(['a starts', 'a ends', 'b starts', 'b ends', 'c starts', 'c ends'])
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected', 'fulfilled'])
})
