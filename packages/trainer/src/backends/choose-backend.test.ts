import {
  type Backend,
  core,
  createRegistry,
  define,
  definePlugin,
  type Probe,
  SandglassError,
  type Session,
} from '@sandglass/core'
import { expectError } from '@sandglass/testing'
import { expect, test, vi } from 'vitest'
import { z } from 'zod'
import { type BackendChoice, backendOf, backendsOf } from './choose-backend'

function backendPlugin(...backends: Backend[]) {
  const definitions = backends.map((backend) =>
    define('backend', {
      type: backend.id,
      description: '',
      schema: z.strictObject({}),
      build: () => backend,
    }),
  )
  return definePlugin({ name: '@acme/backends', version: '1.0.0', apiVersion: 1, definitions })
}

function backend(id: string, preference: number, probe: Probe, open?: () => never): Backend {
  const session = { backend: { id, device: 'here' }, evaluate: async () => ({}), dispose: () => undefined }
  return {
    id,
    preference,
    probe: async () => probe,
    open: async () => open?.() ?? (session as unknown as Session),
  }
}

const here: Probe = { available: true, device: 'here' }
const model = { objectives: [{ name: 'only' }], fields: {}, weights: {} } as never

test('takes the fastest that can run the program, and says which and why', async () => {
  const lacking = backend('lacking', 9, here, () => {
    throw new SandglassError('backend', 'it has no kernel Foo')
  })
  const registry = createRegistry([
    core,
    backendPlugin(
      backend('slow', 1, here),
      backend('fast', 5, here),
      lacking,
      backend('away', 8, { available: false, reason: 'it is away', advice: 'Wait.' }),
    ),
  ])
  const choices: BackendChoice[] = []
  const auto = backendOf('auto', registry, (choice) => choices.push(choice))
  const session = await auto.open({ model, seed: 0 })
  expect(session.backend.id).toBe('fast')
  expect(choices).toHaveLength(1)
  expect(choices[0]).toMatchObject({ id: 'fast', device: 'here' })
  expect(choices[0]!.why).toMatch(/lacking \(.*no kernel Foo.*away \(it is away\)/s)
  expect(await auto.probe()).toMatchObject({ available: true })
  expect((await backendsOf(registry)).map(({ id }) => id)).toEqual(['slow', 'fast', 'lacking', 'away'])
})

test('without any it says so', async () => {
  const registry = createRegistry([core])
  await expectError(() => backendOf('auto', registry).open({ model, seed: 0 }), {
    code: 'backend',
    message: /no backend can run here/,
  })
  expect(await backendOf('auto', registry).probe()).toMatchObject({ available: false })
})

test('one that is named is opened as asked, and heard of too; unknown ones are errors', async () => {
  const registry = createRegistry([core, backendPlugin(backend('slow', 1, here))])
  const choices: BackendChoice[] = []
  const onBackend = (choice: BackendChoice) => choices.push(choice)
  await backendOf('slow', registry, onBackend).open({ model, seed: 0 })
  await backendOf({ type: 'slow' }, registry, onBackend).open({ model, seed: 0 })
  const own = backend('own', 1, here)
  await backendOf(own, registry, onBackend).open({ model, seed: 0 })
  expect(choices).toEqual(['slow', 'slow', 'own'].map((id) => ({ id, device: 'here', why: 'as asked' })))
  expect(backendOf(own, registry)).toBe(own)
  expectError(() => backendOf('slwo', registry), { code: 'spec', message: /Did you mean "slow"\?/ })
})

test('that the fast engine is missing is said once, or to whoever asked to hear', async () => {
  const fast: Backend = {
    ...backend('fast', 9, { available: false, reason: 'fast is not installed', advice: 'npm install fast' }),
    without: 'training takes 9 times as long without it',
  }
  const registry = createRegistry([core, backendPlugin(fast, backend('slow', 1, here))])
  const said = 'fast is not installed: training takes 9 times as long without it. npm install fast'
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
  try {
    const choices: BackendChoice[] = []
    await backendOf('auto', registry, (choice) => choices.push(choice)).open({ model, seed: 0 })
    expect(choices[0]!.missing).toBe(said)
    expect(warn).not.toHaveBeenCalled()
    for (let i = 0; i < 2; i++) await backendOf('auto', registry).open({ model, seed: 0 })
    expect(warn.mock.calls).toEqual([[said]])
  } finally {
    warn.mockRestore()
  }
})
