import { expect, test } from 'vitest'
import type { Run } from '../callbacks/callback'
import { hookOf } from './hooks'

test('callbacks without promises are called without any, and keep their own this', () => {
  const seen: unknown[] = []
  const self = {
    name: 'self',
    onStep(): void {
      seen.push(this)
    },
  }
  const hook = hookOf([self, { name: 'none' }], 'onStep')
  expect(hook.used).toBe(true)
  expect(hook.call({} as never, {} as Run)).toBeUndefined()
  expect(seen).toEqual([self])
  expect(hookOf([{ name: 'none' }], 'onStep').used).toBe(false)
})
