import { afterEach, expect, test, vi } from 'vitest'
import { coresUsable, cpuName, nodeModule } from './host'

afterEach(() => vi.unstubAllGlobals())

test('in Node the host says what it has', () => {
  expect(nodeModule<typeof import('node:os')>('os')!.cpus).toBeTypeOf('function')
  expect(cpuName().length).toBeGreaterThan(2)
  expect(coresUsable()).toBeGreaterThan(0)
})

test('elsewhere nothing of Node is asked for', () => {
  vi.stubGlobal('process', undefined)
  vi.stubGlobal('navigator', { hardwareConcurrency: 6 })
  expect(nodeModule('os')).toBeUndefined()
  expect(cpuName()).toBe("this browser's CPU")
  expect(coresUsable()).toBe(6)
  vi.stubGlobal('navigator', undefined)
  expect(coresUsable()).toBeUndefined()
})
