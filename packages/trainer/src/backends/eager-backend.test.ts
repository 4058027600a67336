import { SandglassError } from '@sandglass/core'
import { expectError } from '@sandglass/testing'
import '@tensorflow/tfjs-backend-cpu'
import { expect, test } from 'vitest'
import { tinyProgram } from '../eager/tiny'
import { createEagerBackend, type Loaded, unavailable } from './eager-backend'
import { missingPeer } from './missing-peer'

const loaded: Loaded = { available: true, tfBackend: 'cpu', device: 'a test' }

test('loads once, and only when asked', async () => {
  let loads = 0
  const load = async () => {
    loads++
    return loaded
  }
  const backend = createEagerBackend({ id: 'x', preference: 1, load })
  expect(loads).toBe(0)
  expect(await Promise.all([backend.probe(), backend.probe()])).toEqual(
    Array(2).fill({ available: true, device: 'a test' }),
  )
  const session = await backend.open(tinyProgram())
  expect(session.backend).toEqual({ id: 'x', device: 'a test' })
  session.dispose()
  expect(loads).toBe(1)
})

test('says why not, and tries again', async () => {
  let there = false
  const load = async () => (there ? loaded : unavailable('it is not there', 'Fetch it.'))
  const backend = createEagerBackend({ id: 'x', preference: 1, load })
  expect(await backend.probe()).toEqual({ available: false, reason: 'it is not there', advice: 'Fetch it.' })
  await expectError(() => backend.open(tinyProgram()), {
    code: 'backend',
    message: /^the backend "x" cannot run here: it is not there\. Fetch it\.$/,
  })
  there = true
  expect((await backend.probe()).available).toBe(true)
})

test('never throws from a probe', async () => {
  const failing = (error: unknown) =>
    createEagerBackend({ id: 'x', preference: 1, load: () => Promise.reject(error) }).probe()
  expect(await failing(new Error('boom\nat y'))).toEqual({
    available: false,
    reason: 'it did not start: boom',
    advice: 'Reinstall the packages that "x" needs.',
  })
  expect(await failing('boom')).toMatchObject({ reason: 'it did not start: boom' })
  expect(await failing(new SandglassError('backend', 'tfjs cannot', { advice: 'Look.' }))).toEqual({
    available: false,
    reason: 'tfjs cannot',
    advice: 'Look.',
  })
})

test('knows a missing package from one that fails', async () => {
  const name = '@sandglass/no-such-package'
  const missing = await import(/* @vite-ignore */ name).catch((error: unknown) => error)
  expect(missingPeer(name, missing)).toEqual({
    available: false,
    reason: `the package ${name} is not installed`,
    advice: `Run: npm install ${name}`,
  })
  const broken = new Error(`${name} needs a newer system`)
  expect(() => missingPeer(name, broken)).toThrow(broken)
})
