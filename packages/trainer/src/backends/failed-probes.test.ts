import { core, createRegistry, registerMissingGradients } from '@sandglass/core'
import { type GradConfig, getGradient, registerGradient } from '@tensorflow/tfjs-core'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { trainer } from '../plugin'
import { backends } from './index'

const registry = createRegistry([core, trainer])
const repaired = registerMissingGradients()
const ours = repaired.map(getGradient)

/** What an import of `@tensorflow/tfjs` does. */
function registerTheirs(): void {
  for (const kernelName of repaired)
    registerGradient({ kernelName, gradFunc: () => ({}) } satisfies GradConfig)
}

/** Makes every package that a backend imports register its gradients and then fail. */
function failImports(): void {
  const names = [
    'tfjs-backend-cpu',
    'tfjs-backend-wasm',
    'tfjs-backend-webgl',
    'tfjs-backend-webgpu',
    'tfjs-node',
  ]
  for (const name of [...names.map((name) => `@tensorflow/${name}`), 'webgpu'])
    vi.doMock(name, () => {
      registerTheirs()
      throw new Error('it cannot be loaded')
    })
}

/** Makes the native part of tfjs-node look as if it were there, or not. */
function pretendBinding(built: boolean): void {
  const fs = process.getBuiltinModule('node:fs')
  const { existsSync } = fs
  vi.spyOn(fs, 'readdirSync').mockReturnValue(['napi-v8'] as never)
  vi.spyOn(fs, 'existsSync').mockImplementation((path) =>
    /napi-v8|[\\/]lib$/.test(String(path)) ? built : existsSync(path),
  )
}

afterEach(() => {
  vi.restoreAllMocks()
  vi.doUnmock('@tensorflow/tfjs-node')
})

describe('every repaired gradient is ours after a failed probe of', () => {
  test.each(backends.map(({ type }) => type))('%s', async (type) => {
    failImports()
    pretendBinding(type === 'tensorflow')
    registerTheirs()
    expect(repaired.map(getGradient)).not.toEqual(ours)
    expect(await registry.build('backend', { type }).probe()).toMatchObject({ available: false })
    for (const [i, name] of repaired.entries()) expect(getGradient(name), name).toBe(ours[i])
  })
})

test('a tfjs-node that is not built is never imported', async () => {
  const imported = vi.fn()
  vi.doMock('@tensorflow/tfjs-node', () => {
    imported()
    throw new Error('it cannot be loaded')
  })
  pretendBinding(false)
  const probe = () => registry.build('backend', { type: 'tensorflow' }).probe()
  expect(await probe()).toEqual({
    available: false,
    reason: 'the native part of @tensorflow/tfjs-node has not been built',
    advice: 'Run: npx sandglass setup tensorflow',
  })
  expect(imported).not.toHaveBeenCalled()
  pretendBinding(true)
  expect(await probe()).toMatchObject({
    reason: expect.stringMatching(/^@tensorflow\/tfjs-node does not load: /),
  })
  expect(imported).toHaveBeenCalledOnce()
})
