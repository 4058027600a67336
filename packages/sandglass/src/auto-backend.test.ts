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
import { expect, test } from 'vitest'
import { z } from 'zod'
import { autoBackend, type BackendChoice, backendsOf } from './auto-backend'

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
  const auto = autoBackend(registry, { onChoice: (choice) => choices.push(choice) })
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
  await expectError(() => autoBackend(registry).open({ model, seed: 0 }), {
    code: 'backend',
    message: /no backend can run here/,
  })
  expect(await autoBackend(registry).probe()).toMatchObject({ available: false })
})
