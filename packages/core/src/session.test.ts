import { expectError } from '@sandglass/testing'
import { beforeEach, describe, expect, test } from 'vitest'
import type { Program } from './backend'
import type { Engine, EngineStep } from './engine'
import { autoencoder, core, createRegistry, dense } from './index'
import type { Optimizer } from './optimizer'
import { createStreams } from './random/streams'
import { openSession } from './session'

const registry = createRegistry([core])
const spec = autoencoder({ encoder: [dense({ units: 2 })], decoder: [dense({ units: 3 })] })
const built = registry.build('model', spec, { registry, fields: { input: [3] } })
const averaging: Optimizer = {
  learningRate: 1,
  averaged: 'average',
  slots: (weights) =>
    Object.fromEntries(
      Object.entries(weights).map(([name, shape]) => [
        `average/${name}`,
        { shape, initial: { copyOf: name } },
      ]),
    ),
  update: ({ weights, slots }) => ({ weights, slots }),
}
const program: Program = {
  model: { ...built, controls: { beta: 0.5 } },
  seed: 3,
  optimizers: { reconstruction: averaging },
}
const batch = { size: 2, fields: { input: [3] }, fill: () => undefined }
const request = { objective: 'reconstruction', batch, step: 4, learningRate: 0.1 }

/** What an engine was told, call by call. */
let told: [string, unknown][] = []
let work: (name: string) => Promise<void> = async () => undefined

const engine: Engine = {
  step: async (step) => {
    told.push(['step', step])
    await work('step')
    return { loss: 1 }
  },
  gradients: async () => ({ gradients: {}, updates: {}, scalars: { loss: 1 } }),
  update: async () => undefined,
  evaluate: async (evaluation) => {
    told.push(['evaluate', evaluation])
    return { loss: 2 }
  },
  run: async (run) => {
    told.push(['run', run])
    return {}
  },
  read: async () => ({ weights: {}, slots: {} }),
  write: async (state) => void told.push(['write', state]),
  dispose: () => void told.push(['dispose', undefined]),
}

const open = (changes: Partial<Program> = {}) =>
  openSession({ ...program, ...changes }, { id: 'x', device: 'x' }, () => engine)
const names = () => told.map(([name]) => name)
const tick = () => new Promise((done) => setTimeout(done))

beforeEach(() => {
  told = []
  work = async () => undefined
})

describe('an engine is told', () => {
  test('of steps: which update it is, controls, random numbers by step and place, and what follows', async () => {
    const session = await open()
    await session.step({ ...request, first: 5, next: { ...request, step: 5 } })
    await session.step({ ...request, controls: { beta: 2 } })
    const [first, second] = told.map(([, step]) => step as EngineStep)
    expect(first).toMatchObject({ iteration: 1, controls: { beta: 0.5 }, step: 4, first: 5 })
    expect(second).toMatchObject({ iteration: 2, controls: { beta: 2 }, step: 4, first: 0 })
    const drawn = (step: EngineStep) => [...step.draws('a/noise', 7).uniform(new Float32Array(3))]
    const expected = createStreams(3).at('a/noise', 4)
    const whole = [...expected.uniform(new Float32Array(38))]
    expect(drawn(first!)).toEqual(whole.slice(35))
    expect(drawn(second!)).toEqual(whole.slice(0, 3))
    const following = createStreams(3).at('a/noise', 5).uniform(new Float32Array(3))
    expect(first!.next!.draws('a/noise', 7).uniform(new Float32Array(3))).toEqual(following)
    expect(await session.state()).toEqual({ weights: {}, slots: {}, iterations: { reconstruction: 2 } })
  })

  test('of evaluation and functions: streams of their own, and the weights that are averaged', async () => {
    const session = await open()
    await session.evaluate({ objective: 'reconstruction', batch, index: 2, first: 1 })
    const input = { shape: [1, 3], data: new Float32Array(3) }
    await session.run('encode', { input }, { draw: 6, seed: 9 })
    const [evaluation, run] = told.map(([, call]) => call as EngineStep & { averages: Map<string, unknown> })
    const streams = createStreams(3)
    const out = () => new Float32Array(2)
    expect(evaluation!.draws('n', 2).normal(out())).toEqual(streams.at('evaluate/n', 2, 2).normal(out()))
    expect(run!.draws('n', 2).normal(out())).toEqual(createStreams(9).at('run/n', 6).normal(out()))
    const slot = { objective: 'reconstruction', weight: 'encoder/0/bias', slot: 'average/encoder/0/bias' }
    for (const call of [evaluation!, run!]) expect(call.averages.get('encoder/0/bias')).toEqual(slot)
  })

  test('what it starts with, and nothing that does not fit', async () => {
    let initial: object = {}
    const session = await openSession(program, { id: 'x', device: 'x' }, (state) => {
      initial = state
      return engine
    })
    expect(Object.keys(initial)).toEqual(['weights', 'slots'])
    const misfit = { 'encoder/0/bias': { shape: [3], data: new Float32Array(3) } }
    await expectError(() => session.restore({ weights: misfit, iterations: { reconstruction: 7 } }), {
      code: 'shape',
    })
    await expectError(() => session.step({ ...request, controls: { bta: 1 } }), {
      code: 'spec',
      message: /no control "bta"\. Expected beta\. Did you mean "beta"\?/,
    })
    expect(told).toEqual([])
    expect((await session.state()).iterations).toEqual({ reconstruction: 0 })
  })
})

describe('calls', () => {
  test('queue, and one that fails counts for nothing', async () => {
    const session = await open()
    let running = 0
    work = async () => {
      expect(++running).toBe(1)
      await tick()
      running--
      if (told.length === 2) throw new Error('lost')
    }
    const results = await Promise.allSettled([0, 1, 2].map((step) => session.step({ ...request, step })))
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    expect(told.map(([, step]) => (step as EngineStep).iteration)).toEqual([1, 2, 2])
  })

  test('end before the session goes; those that wait are refused', async () => {
    const session = await open()
    work = async () => {
      await tick()
      told.push(['done', undefined])
    }
    const [first, second] = [session.step(request), session.step(request)]
    await tick()
    session.dispose()
    session.dispose()
    expect((await first).loss).toBe(1)
    await expectError(() => second, {
      code: 'backend',
      message: /^cannot train: the session is disposed\. Open another one\.$/,
    })
    await tick()
    expect(names()).toEqual(['step', 'done', 'dispose'])
    await expectError(() => session.state(), { message: /^cannot read the state: the session is disposed/ })
  })

  test('an idle session goes at once, and if that fails nothing is left to say', async () => {
    const failing: Engine = {
      ...engine,
      dispose: async () => {
        told.push(['dispose', undefined])
        throw new Error('already gone')
      },
    }
    const broken = await openSession(program, { id: 'x', device: 'x' }, () => failing)
    broken.dispose()
    expect(names()).toEqual(['dispose'])
    await tick()
    told = []
    const session = await open()
    await session.step(request)
    session.dispose()
    expect(names()).toEqual(['step', 'dispose'])
  })
})

test('sessions together give what the collective makes of gradients, updates and scalars', async () => {
  const one = { shape: [2], data: Float32Array.of(1, 2) }
  const given: unknown[] = []
  const updates: unknown[] = []
  const half: Engine = {
    ...engine,
    gradients: async () => ({ gradients: { 'a/b': one }, updates: { c: one }, scalars: { loss: 3 } }),
    update: async (_, means) => void updates.push(means),
  }
  const collective = {
    allReduce: async (values: object, samples: number) => {
      given.push([Object.keys(values), samples])
      return Object.fromEntries(
        Object.entries(values).map(([name, { shape, data }]) => [
          name,
          { shape, data: data.map((x: number) => 10 * x) },
        ]),
      )
    },
  }
  const session = await openSession({ ...program, collective }, { id: 'x', device: 'x' }, () => half)
  expect(await session.step(request)).toEqual({ loss: 30 })
  expect(await session.evaluate({ objective: 'reconstruction', batch, index: 0 })).toEqual({ loss: 20 })
  expect(given).toEqual([
    [['gradient/a/b', 'update/c', 'scalar/loss'], 2],
    [['loss'], 2],
  ])
  const ten = { shape: [2], data: Float32Array.of(10, 20) }
  expect(updates).toEqual([{ gradients: { 'a/b': ten }, updates: { c: ten } }])
})
