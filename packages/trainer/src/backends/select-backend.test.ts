import { type Backend, type Probe, type Program, SandglassError, type Session } from '@sandglass/core'
import { expectError } from '@sandglass/testing'
import { describe, expect, test } from 'vitest'
import { tinyProgram } from '../eager/tiny'
import { selectBackend } from './select-backend'

function fake(id: string, preference: number, probe: Probe, step: () => void = () => undefined): Backend {
  const session = {
    evaluate: async () => ({}),
    step: async () => {
      step()
      return {}
    },
    dispose: () => undefined,
  } as unknown as Session
  return { id, preference, probe: async () => probe, open: async () => session }
}

const fine = (device: string): Probe => ({ available: true, device })
const slow = fake('slow', 1, fine('a snail'))
const fast = fake('fast', 3, fine('a hare'))
const absent = fake('absent', 9, { available: false, reason: 'it is elsewhere.', advice: 'Fetch it.' })
const emulated = fake('emulated', 8, { available: true, device: 'a shadow', software: true })

describe('auto', () => {
  test('takes the highest preference that can run and says what it passed over', async () => {
    const chosen = await selectBackend([slow, absent, fast])
    expect(chosen.backend).toBe(fast)
    expect(chosen.probe.device).toBe('a hare')
    expect(chosen.why).toBe('the first in rank that can run here; not taken: absent (it is elsewhere.)')
    expect((await selectBackend([slow, fast])).why).toBe('the first in rank that can run here')
  })

  test('takes an emulated device only when there is nothing else', async () => {
    expect((await selectBackend([emulated, slow])).backend).toBe(slow)
    expect(await selectBackend([emulated])).toMatchObject({
      backend: emulated,
      why: 'only an emulated device can run here',
    })
  })

  test('passes over a backend that lacks a kernel for the program', async () => {
    const program: Program = tinyProgram()
    const holey = fake('holey', 5, fine('a sieve'), () => {
      throw new SandglassError('backend', 'the backend "holey" has no kernel Conv2DBackpropFilter')
    })
    const chosen = await selectBackend([holey, slow], program)
    expect(chosen.backend).toBe(slow)
    expect(chosen.why).toContain('holey (the backend "holey" has no kernel Conv2DBackpropFilter')
    const wrong = fake('wrong', 5, fine('any'), () => {
      throw new SandglassError('spec', 'the objective does not depend on "x"')
    })
    await expectError(() => selectBackend([wrong, slow], program), {
      code: 'spec',
      message: /depend on "x"/,
    })
  })

  test('says what a much faster one that could not run costs and needs', async () => {
    const hare = { ...absent, without: 'training takes 5 times as long without it' }
    expect((await selectBackend([hare, slow])).missing).toBe(
      'it is elsewhere.: training takes 5 times as long without it. Fetch it.',
    )
    expect((await selectBackend([absent, slow])).missing).toBeUndefined()
    expect((await selectBackend([fast, { ...hare, preference: 0 }])).missing).toBeUndefined()
  })

  test('fails with every reason', async () => {
    await expectError(() => selectBackend([absent]), {
      code: 'backend',
      message:
        /no backend can run here\. Got absent \(it is elsewhere\.\)\. npm install @tensorflow\/tfjs-backend-cpu/,
    })
  })
})
