import { type Model, type Objective, type Program, SandglassError, type Session } from '@sandglass/core'
import { expectError } from '@sandglass/testing'
import * as tf from '@tensorflow/tfjs-core'
import { describe, expect, test } from 'vitest'
import { runtime } from '../testing/parity'
import { descent, tinyBatch, tinyProgram } from '../testing/tiny'
import { openCompiledSession } from './compiled-session'
import type { Runtime, RuntimeSession } from './runtime'
import type { RuntimeOptions } from './runtime-options'

const options = { id: 'test', device: 'a test', threads: 1 }
const open = (changes: Partial<Program> = {}, more: RuntimeOptions = {}, on: Runtime = runtime) =>
  openCompiledSession(tinyProgram(changes), on, { ...options, ...more })
const request = { objective: 'reconstruction', batch: tinyBatch(), step: 0, learningRate: 0.5 }
const evaluation = { objective: 'reconstruction', batch: tinyBatch(), index: 0 }

async function train(session: Session, steps: number, from = 0): Promise<number[]> {
  const losses: number[] = []
  for (let step = from; step < from + steps; step++)
    losses.push((await session.step({ ...request, step })).loss!)
  return losses
}

/** The model with its objective's loss wrapped. */
function withLoss(change: (loss: Objective['loss']) => Objective['loss']): Model {
  const { model } = tinyProgram()
  return { ...model, objectives: model.objectives.map((o) => ({ ...o, loss: change(o.loss.bind(o)) })) }
}

/** ONNX Runtime whose sessions fail, or see what goes in, where `intercept` says. */
function intercepted(
  intercept: (run: () => ReturnType<RuntimeSession['run']>) => ReturnType<RuntimeSession['run']>,
) {
  let open = 0
  return {
    sessions: () => open,
    Tensor: runtime.Tensor,
    InferenceSession: {
      create: async (model: Uint8Array, how?: object) => {
        const session = await runtime.InferenceSession.create(model, how)
        open++
        return {
          run: (feeds: never, fetches: never) => intercept(() => session.run(feeds, fetches)),
          release: async () => {
            open--
            await session.release()
          },
        } as RuntimeSession
      },
    },
  }
}

describe.each(['in-place', 'returned'] as const)('state that is %s', (state) => {
  test('training lowers the loss and counts iterations', async () => {
    const session = await open({}, { state })
    const losses = await train(session, 20)
    expect(losses[19]).toBeLessThan(losses[0]! - 0.01)
    expect((await session.state()).iterations).toEqual({ reconstruction: 20 })
    session.dispose()
  })

  test('continues bit for bit from a restored state', async () => {
    const [a, b] = [await open({}, { state }), await open({ seed: 7 }, { state })]
    await train(a, 5)
    await b.restore(await a.state())
    expect(await train(b, 5, 5)).toEqual(await train(a, 5, 5))
    expect(await b.state()).toEqual(await a.state())
    a.dispose()
    b.dispose()
  })

  test('state that is nearly zero becomes zero now and then', async () => {
    const model = withLoss((loss) => (...args) => {
      const result = loss(...args)
      return { ...result, total: tf.mul(result.total, 0) }
    })
    const session = await open({ model }, { state })
    const { slots } = await session.state()
    for (const { data } of Object.values(slots.reconstruction!)) data.fill(1e-36)
    await session.restore({ slots, iterations: { reconstruction: 62 } })
    const velocities = async () => {
      const own = Object.entries((await session.state()).slots.reconstruction!)
      return own.flatMap(([name, { data }]) => (name.startsWith('velocity/') ? [...data] : []))
    }
    await session.step(request)
    expect(Math.min(...(await velocities()))).toBeGreaterThan(0)
    await session.step({ ...request, step: 1 })
    expect(await velocities()).toEqual((await velocities()).map(() => 0))
    session.dispose()
  })

  test('a step that fails in the runtime changes nothing, and the next one runs', async () => {
    let fails = false
    const faulty = intercepted(async (run) => {
      const results = await run()
      // After everything was written.
      if (fails) throw new Error('the device is lost\nmore')
      return results
    })
    const session = await open({}, { state }, faulty)
    await train(session, 2)
    const before = await session.state()
    fails = true
    await expectError(() => session.step({ ...request, step: 2 }), {
      code: 'backend',
      message: /failed while training "reconstruction"\. Got the device is lost\. Nothing has changed/,
    })
    fails = false
    expect(await session.state()).toEqual(before)
    const clean = await open({}, { state })
    await train(clean, 2)
    expect(await train(session, 1, 2)).toEqual(await train(clean, 1, 2))
    session.dispose()
    clean.dispose()
  })

  test('arrays that come out are copies', async () => {
    const session = await open({}, { state })
    const input = { shape: [2, 4], data: new Float32Array(8).fill(0.5) }
    const first = await session.run('encode', { input })
    const kept = first.code!.data.slice()
    const read = await session.state()
    for (const { data } of Object.values(read.weights)) data.fill(Number.NaN)
    for (const { data } of Object.values(read.slots.reconstruction!)) data.fill(Number.NaN)
    expect((await session.run('encode', { input })).code!.data).toEqual(kept)
    await session.run('encode', { input: { ...input, data: new Float32Array(8) } })
    expect(first.code!.data).toEqual(kept)
    await session.restore({ weights: { 'encoder/1/bias': { shape: [2], data: Float32Array.of(1, 2) } } })
    const { weights } = await session.state()
    expect(weights['encoder/1/bias']!.data).toEqual(Float32Array.of(1, 2))
    session.dispose()
  })

  test('a restored array stays the caller’s', async () => {
    const session = await open({}, { state })
    const data = Float32Array.of(1, 2)
    await session.restore({ weights: { 'encoder/1/bias': { shape: [2], data } } })
    data.fill(9)
    await train(session, 1)
    expect(data).toEqual(Float32Array.of(9, 9))
    const { weights } = await session.state()
    expect(weights['encoder/1/bias']!.data[0]).toBeLessThan(2)
    session.dispose()
  })
})

describe('steps and evaluation', () => {
  test('report the loss, its parts and the metrics, all before the update', async () => {
    const { model } = tinyProgram()
    const still = { ...model, objectives: model.objectives.map((o) => ({ ...o })) }
    const session = await open({ model: still, optimizers: { reconstruction: descent } })
    const evaluated = await session.evaluate(evaluation)
    expect(Object.keys(evaluated)).toEqual(['loss', 'reconstruction', 'error'])
    expect(Object.keys(await session.step(request))).toEqual(Object.keys(evaluated))
    session.dispose()
  })

  test('draw by step while training, and from streams of their own elsewhere', async () => {
    const model = withLoss((loss) => (weights, batch, context) => {
      const noise = context.random.uniform('noise', [batch.input!.shape[0]!, 4])
      const result = loss(weights, { input: noise }, context)
      return { ...result, parts: { ...result.parts, drawn: tf.mean(noise) as tf.Scalar } }
    })
    const noisy = {
      ...model,
      functions: {
        draw: {
          inputs: {},
          outputs: { noise: [4] },
          apply: (_: unknown, __: unknown, { random }: Parameters<Objective['loss']>[2]) => ({
            noise: random.uniform('noise', [1, 4]),
          }),
        },
      },
    } as Model
    const session = await open({ model: noisy })
    const step = async (n: number) => (await session.step({ ...request, step: n })).drawn!
    const evaluate = async (index: number) => (await session.evaluate({ ...evaluation, index })).drawn!
    const run = async (index: number) => (await session.run('draw', {}, { draw: index })).noise!.data[0]!
    const [s0, s1, again] = [await step(0), await step(1), await step(0)]
    const [e0, e1, eAgain] = [await evaluate(0), await evaluate(1), await evaluate(0)]
    const [r0, r1, rAgain] = [await run(0), await run(1), await run(0)]
    expect([s0, e0, r0]).toEqual([again, eAgain, rAgain])
    expect(new Set([s0, s1, e0, e1, r0, r1]).size).toBe(6)
    session.dispose()
  })

  test('take batches of other sizes, and optional fields', async () => {
    const session = await open()
    for (const size of [1, 3, 5, 3])
      expect((await session.step({ ...request, batch: tinyBatch(size) })).loss).toBeGreaterThan(0)
    const target = tinyBatch(3, { input: [4], target: [4] })
    const plain = await session.evaluate(evaluation)
    expect(await session.evaluate({ ...evaluation, batch: target })).toEqual(plain)
    session.dispose()
  })

  test('see averaged weights where there are any', async () => {
    const session = await open()
    await train(session, 5)
    const { slots, weights } = await session.state()
    const averages = Object.entries(slots.reconstruction!)
      .filter(([name]) => name.startsWith('average/'))
      .map(([name, value]) => [name.slice('average/'.length), value])
    expect(averages).toHaveLength(4)
    const input = { shape: [1, 4], data: Float32Array.of(0, 0.2, 0.4, 1) }
    const [scalars, output] = [
      await session.evaluate(evaluation),
      await session.run('reconstruct', { input }),
    ]
    const plain = await open({ optimizers: { reconstruction: descent } })
    await plain.restore({ weights: Object.fromEntries(averages) })
    expect(await plain.evaluate(evaluation)).toEqual(scalars)
    expect(await plain.run('reconstruct', { input })).toEqual(output)
    await plain.restore({ weights })
    expect(await plain.run('reconstruct', { input })).not.toEqual(output)
    session.dispose()
    plain.dispose()
  })

  test('calls that overlap queue', async () => {
    const [a, b] = [await open(), await open()]
    const together = await Promise.all([0, 1, 2, 3].map((step) => a.step({ ...request, step })))
    expect(together.map((s) => s.loss)).toEqual(await train(b, 4))
    a.dispose()
    b.dispose()
  })

  test('integers and truth values may leave a function', async () => {
    const { model } = tinyProgram()
    const flags = {
      inputs: { input: [4] },
      outputs: { at: [], big: [4], bias: [4] },
      apply: (w: Record<string, tf.Tensor>, { input }: Record<string, tf.Tensor>) => ({
        at: tf.argMax(input!, 1),
        big: tf.greater(input!, 0.5),
        bias: w['decoder/0/bias']!,
      }),
    }
    const session = await open({ model: { ...model, functions: { flags } } })
    const input = { shape: [2, 4], data: Float32Array.of(0, 1, 0, 0, 0.2, 0.1, 0.6, 0) }
    const { at, big, bias } = await session.run('flags', { input })
    expect(at).toEqual({ shape: [2], data: Int32Array.of(1, 2) })
    expect(big).toEqual({ shape: [2, 4], data: Uint8Array.of(0, 1, 0, 0, 0, 0, 1, 0) })
    expect(bias).toEqual({ shape: [4], data: new Float32Array(4) })
    session.dispose()
  })
})

describe('what does not fit is refused, and nothing changes', () => {
  test('batches', async () => {
    const session = await open()
    const before = await session.state()
    const failing = {
      ...tinyBatch(),
      fill: () => {
        throw new Error('the disk is gone')
      },
    }
    const cases: [typeof request.batch, RegExp][] = [
      [
        tinyBatch(3, { input: [5] }),
        /field "input" of the batch does not fit the model\. Got \[5\]; expected \[4\]/,
      ],
      [
        tinyBatch(3, { label: [] }),
        /reads the field "input", which the batch lacks\. Got a batch with label/,
      ],
      [tinyBatch(0), /at least one sample/],
      [failing, /the disk is gone/],
    ]
    for (const [batch, message] of cases) {
      await expectError(() => session.step({ ...request, batch }), { message })
      await expectError(() => session.evaluate({ ...evaluation, batch }), { message })
    }
    expect(await session.state()).toEqual(before)
    expect((await session.step(request)).loss).toBeGreaterThan(0)
    session.dispose()
  })

  test('names and numbers', async () => {
    const session = await open({ optimizers: {} })
    await expectError(() => session.step(request), { code: 'spec', message: /has no optimizer/ })
    await expectError(() => session.step({ ...request, objective: 'beauty' }), {
      code: 'spec',
      message: /no objective "beauty"\. Expected reconstruction/,
    })
    await expectError(() => session.evaluate({ ...evaluation, objective: 'toString' }), { code: 'spec' })
    await expectError(() => session.run('paint', {}), {
      code: 'spec',
      message: /no function "paint"\. Expected encode, decode, reconstruct/,
    })
    await expectError(() => session.run('encode', { input: { shape: [1, 3], data: new Float32Array(3) } }), {
      code: 'shape',
      message: /input "input" of the function "encode" has the wrong shape\. Got \[1, 3\]; expected \[1, 4\]/,
    })
    const trained = await open()
    await expectError(() => trained.step({ ...request, learningRate: Number.NaN }), { code: 'numeric' })
    await expectError(() => open({ optimizers: { beauty: descent } }), { code: 'spec', message: /beauty/ })
    session.dispose()
    trained.dispose()
  })

  test('states', async () => {
    const session = await open()
    const before = await session.state()
    const bias = { shape: [2], data: Float32Array.of(1, 2) }
    const good = { 'encoder/1/bias': bias }
    for (const state of [
      { weights: { ...good, 'encoder/9/bias': bias } },
      { weights: { ...good, 'decoder/0/bias': bias } },
      { weights: good, slots: { beauty: {} } },
      { weights: good, iterations: { reconstruction: -1 } },
    ])
      await expectError(() => session.restore(state), { message: /named|another shape|not trained|cannot/ })
    expect(await session.state()).toEqual(before)
    session.dispose()
  })

  test('ops that cannot be compiled, and graphs that ONNX Runtime does not take', async () => {
    const model = withLoss(
      (loss) =>
        (weights, { input }, context) =>
          loss(weights, { input: tf.irfft(tf.rfft(input!)) }, context),
    )
    const session = await open({ model })
    await expectError(() => session.step(request), { code: 'backend', message: /cannot be compiled yet/ })
    session.dispose()
    const refusing: Runtime = {
      Tensor: runtime.Tensor,
      InferenceSession: {
        create: async () => {
          throw new Error('no kernel for Gemm(13)')
        },
      },
    }
    const refused = await open({}, {}, refusing)
    await expectError(() => refused.step(request), {
      code: 'backend',
      message: /opening the graph for training "reconstruction"\. Got no kernel for Gemm\(13\)/,
    })
    refused.dispose()
  })

  test('graphs above memory', async () => {
    const session = await open({}, { memory: 1000 })
    await expectError(() => session.step(request), {
      code: 'backend',
      message:
        /not enough memory for training "reconstruction"\. Got a need of at least .* GiB; .* smaller batches/,
    })
    session.dispose()
  })
})

test('errors of the program itself come out as they are', async () => {
  const model = withLoss(() => () => {
    throw new SandglassError('numeric', 'the objective objects')
  })
  const session = await open({ model })
  await expectError(() => session.step(request), { code: 'numeric', message: /objects/ })
  session.dispose()
})

describe('dispose', () => {
  test('waits for the call under way, refuses later ones, and releases every graph', async () => {
    const counting = intercepted((run) => run())
    const session = await open({}, {}, counting)
    await session.evaluate(evaluation)
    const step = session.step(request)
    await new Promise((resolve) => setTimeout(resolve))
    session.dispose()
    session.dispose()
    expect((await step).loss).toBeGreaterThan(0)
    const calls: (() => Promise<unknown>)[] = [
      () => session.step(request),
      () => session.state(),
      () => session.run('encode', {}),
    ]
    for (const call of calls)
      await expectError(call, { code: 'backend', message: /the session is disposed\. Open another one/ })
    expect(counting.sessions()).toBe(0)
  })

  test('leaves no tensors of tfjs', async () => {
    const before = tf.memory().numTensors
    const session = await open()
    await train(session, 2)
    await session.evaluate(evaluation)
    session.dispose()
    expect(tf.memory().numTensors).toBe(before)
  })
})
