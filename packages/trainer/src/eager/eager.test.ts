import {
  type Batch,
  isSandglassError,
  type Model,
  type Objective,
  type Program,
  type Session,
} from '@sandglass/core'
import { expectError } from '@sandglass/testing'
import '@tensorflow/tfjs-backend-cpu'
import '@tensorflow/tfjs-backend-wasm'
import * as tf from '@tensorflow/tfjs-core'
import { describe, expect, test } from 'vitest'
import { sgd } from '../optimizers/sgd'
import { openEagerSession } from './session'
import { registry, tinyBatch, tinyProgram } from './tiny'

const options = { id: 'cpu', device: 'a test', tfBackend: 'cpu' }
const open = (changes: Partial<Program> = {}) => openEagerSession(tinyProgram(changes), options)
const request = { objective: 'reconstruction', batch: tinyBatch(), step: 0, learningRate: 0.5 }

/** The model with its objective's loss wrapped. */
function withLoss(model: Model, change: (loss: Objective['loss']) => Objective['loss']): Model {
  return { ...model, objectives: model.objectives.map((o) => ({ ...o, loss: change(o.loss.bind(o)) })) }
}

async function train(session: Session, steps: number, from = 0): Promise<number[]> {
  const losses: number[] = []
  for (let step = from; step < from + steps; step++)
    losses.push((await session.step({ ...request, step })).loss!)
  return losses
}

describe('training', () => {
  test('lowers the loss and counts iterations', async () => {
    const session = await open()
    const losses = await train(session, 20)
    expect(losses[19]).toBeLessThan(losses[0]! - 0.01)
    expect((await session.state()).iterations).toEqual({ reconstruction: 20 })
    session.dispose()
  })

  test('reports the loss before the update, as evaluation does', async () => {
    const session = await open({ metrics: { error: ({ target, output }) => tf.abs(tf.sub(target, output)) } })
    const evaluated = await session.evaluate({ objective: 'reconstruction', batch: request.batch, index: 0 })
    const stepped = await session.step(request)
    expect(Object.keys(stepped)).toEqual(['loss', 'reconstruction', 'error'])
    expect(stepped).toEqual(evaluated)
    session.dispose()
  })

  test('is one gradient step of plain tfjs', async () => {
    const program = tinyProgram({
      optimizers: { reconstruction: registry.build('optimizer', sgd()) },
    })
    const session = await openEagerSession(program, options)
    const before = (await session.state()).weights
    await session.step(request)
    const after = (await session.state()).weights
    const values = new Float32Array(12)
    request.batch.fill('input', values)
    const names = Object.keys(before)
    const expected = tf.tidy(() => {
      const objective = program.model.objectives[0]!
      const input = tf.tensor(values, [3, 4])
      const context = { training: true, random: null as never }
      const grads = tf.grads((...w) => {
        const weights = Object.fromEntries(names.map((name, i) => [name, w[i] as tf.Tensor]))
        return objective.loss(weights, { input }, context).total
      })
      return grads(names.map((name) => tf.tensor(before[name]!.data, [...before[name]!.shape]))).map((g) =>
        g.dataSync(),
      )
    })
    for (const [i, name] of names.entries())
      for (const [k, w] of before[name]!.data.entries())
        expect(after[name]!.data[k]).toBeCloseTo(w - 0.5 * expected[i]![k]!, 6)
    session.dispose()
  })

  test('continues bit for bit from a restored state', async () => {
    const [a, b] = [await open(), await open({ seed: 99 })]
    await train(a, 5)
    await b.restore(await a.state())
    expect(await train(b, 5, 5)).toEqual(await train(a, 5, 5))
    expect(await b.state()).toEqual(await a.state())
    a.dispose()
    b.dispose()
  })

  test('turns state that is nearly zero into zero now and then', async () => {
    const model = withLoss(tinyProgram().model, (loss) => (...args) => {
      const result = loss(...args)
      return { ...result, total: tf.mul(result.total, 0) }
    })
    const session = await open({ model })
    const { weights, slots } = await session.state()
    for (const { data } of Object.values(slots.reconstruction!)) data.fill(1e-36)
    await session.restore({ slots, iterations: { reconstruction: 62 } })
    const momenta = async () => {
      const { reconstruction } = (await session.state()).slots
      return Object.values(reconstruction!).flatMap(({ data }) => [...data])
    }
    await session.step(request)
    expect(Math.min(...(await momenta()))).toBeGreaterThan(0)
    await session.step({ ...request, step: 1 })
    expect(await momenta()).toEqual((await momenta()).map(() => 0))
    expect((await session.state()).weights).toEqual(weights)
    session.dispose()
  })

  test('queues calls that overlap', async () => {
    const [a, b] = [await open(), await open()]
    const together = await Promise.all([0, 1, 2, 3].map((step) => a.step({ ...request, step })))
    expect(together.map((s) => s.loss)).toEqual(await train(b, 4))
    a.dispose()
    b.dispose()
  })

  test('runs beside a session on another backend of tfjs', async () => {
    const wasm = await openEagerSession(tinyProgram(), { id: 'wasm', device: 'a test', tfBackend: 'wasm' })
    const cpu = await open()
    const [x, y] = await Promise.all([train(cpu, 10), train(wasm, 10)])
    for (const [i, loss] of x.entries()) expect(y[i]).toBeCloseTo(loss, 5)
    wasm.dispose()
    cpu.dispose()
  })

  test('draws by step while training, and from streams of its own in evaluation and functions', async () => {
    const noisy = tinyProgram()
    const seen: Record<string, number[]> = {}
    const model = withLoss(noisy.model, (loss) => (weights, batch, context) => {
      const noise = context.random.uniform('noise', [batch.input!.shape[0]!, 4])
      const result = loss(weights, { input: noise }, context)
      return { ...result, parts: { ...result.parts, drawn: tf.mean(noise) as tf.Scalar } }
    })
    const session = await openEagerSession({ ...noisy, model }, options)
    const step = async (n: number) => (await session.step({ ...request, step: n })).drawn
    const evaluate = async (index: number) =>
      (await session.evaluate({ objective: 'reconstruction', batch: request.batch, index })).drawn
    seen.draws = (await Promise.all([
      step(0),
      step(1),
      step(0),
      evaluate(0),
      evaluate(1),
      evaluate(0),
    ])) as number[]
    const [s0, s1, again, e0, e1, eAgain] = seen.draws
    expect(s0).toBe(again)
    expect(e0).toBe(eAgain)
    expect(new Set([s0, s1, e0, e1]).size).toBe(4)
    session.dispose()
  })
})

test('evaluation and functions use averaged weights where there are any', async () => {
  const averaging = registry.build('optimizer', sgd({ emaMomentum: 0.999 }))
  const session = await open({ optimizers: { reconstruction: averaging } })
  const { weights } = await session.state()
  await train(session, 5)
  const { slots } = await session.state()
  const averages = Object.entries(slots.reconstruction!).filter(([name]) => name.startsWith('average/'))
  expect(averages).toHaveLength(4)
  const evaluate = () => session.evaluate({ objective: 'reconstruction', batch: request.batch, index: 0 })
  const input = { shape: [1, 4], data: Float32Array.of(0, 0.2, 0.4, 1) }
  const [loss, output] = [await evaluate(), await session.run('reconstruct', { input })]
  // A session whose very weights are those averages must agree.
  const plain = await open()
  await plain.restore({
    weights: Object.fromEntries(averages.map(([n, v]) => [n.slice('average/'.length), v])),
  })
  expect(await plain.evaluate({ objective: 'reconstruction', batch: request.batch, index: 0 })).toEqual(loss)
  expect(await plain.run('reconstruct', { input })).toEqual(output)
  await plain.restore({ weights })
  expect(await plain.run('reconstruct', { input })).not.toEqual(output)
  plain.dispose()
  session.dispose()
})

describe('functions', () => {
  test('run for any batch and give copies', async () => {
    const session = await open()
    const { code } = await session.run('encode', {
      input: { shape: [5, 4], data: new Uint8Array(20).fill(1) },
    })
    expect(code!.shape).toEqual([5, 2])
    expect(code!.data).toHaveLength(10)
    const before = await session.state()
    for (const { data } of Object.values(before.weights)) data.fill(Number.NaN)
    expect(
      (await session.evaluate({ objective: 'reconstruction', batch: request.batch, index: 0 })).loss,
    ).not.toBeNaN()
    session.dispose()
  })

  test('may give back a weight', async () => {
    const { model } = tinyProgram()
    const bias = {
      inputs: {},
      outputs: { bias: [4] },
      apply: (w: Record<string, tf.Tensor>) => ({ bias: w['decoder/0/bias']! }),
    }
    const session = await open({ model: { ...model, functions: { bias } } })
    await session.run('bias', {})
    expect((await session.run('bias', {})).bias!.data).toHaveLength(4)
    session.dispose()
  })
})

describe('a step that throws changes nothing', () => {
  test('whichever kernel fails', async () => {
    const session = await open()
    await train(session, 1)
    const before = await session.state()
    const tensors = tf.memory().numTensors
    let k = 0
    // Not Identity: it only counts a reference, so it cannot fail, and tfjs would leak what it saves for the backward pass.
    for (; ; k++) {
      const target = tf.engine()
      const original = target.runKernel
      let count = 0
      target.runKernel = ((...args: Parameters<typeof original>) => {
        if (args[0] !== 'Identity' && count++ === k) throw new Error(`made to fail ${args[0]}`)
        return original.apply(target, args)
      }) as typeof original
      const outcome = await session.step({ ...request, step: 1 }).then(
        () => 'done',
        (error: Error) => error.message,
      )
      delete (target as Partial<typeof target>).runKernel
      if (outcome === 'done') break
      expect(outcome).toMatch(/^made to fail/)
      expect([outcome, tf.memory().numTensors]).toEqual([outcome, tensors])
      expect(await session.state()).toEqual(before)
    }
    expect(k).toBeGreaterThan(30)
    expect((await session.state()).iterations).toEqual({ reconstruction: 2 })
    session.dispose()
  })

  test('also when the device fails at the read', async () => {
    const session = await open()
    const before = await session.state()
    const tensors = tf.memory().numTensors
    const { read } = tf.engine().findBackend('cpu')
    const backend = tf.engine().findBackend('cpu')
    backend.read = () => Promise.reject(new Error('device lost'))
    await expect(session.step(request)).rejects.toThrow('device lost')
    backend.read = read
    expect(tf.memory().numTensors).toBe(tensors)
    expect(await session.state()).toEqual(before)
    session.dispose()
  })

  test('and the next call runs', async () => {
    const session = await open()
    const bad: Batch = {
      ...tinyBatch(),
      fill: () => {
        throw new Error('the disk is gone')
      },
    }
    await expect(session.step({ ...request, batch: bad })).rejects.toThrow('the disk is gone')
    expect((await session.step(request)).loss).toBeGreaterThan(0)
    session.dispose()
  })
})

describe('memory', () => {
  test('is flat over 1,000 steps and is given back', async () => {
    const start = tf.memory().numTensors
    const session = await open()
    await train(session, 1)
    const { numTensors, numBytes } = tf.memory()
    await train(session, 999, 1)
    expect(tf.memory().numTensors).toBe(numTensors)
    expect(tf.memory().numBytes).toBe(numBytes)
    session.dispose()
    session.dispose()
    expect(tf.memory().numTensors).toBe(start)
  })

  test('survives an optimizer that gives back what it was given, or one tensor twice', async () => {
    const lazy = {
      learningRate: 1,
      slots: () => ({ a: { shape: [2], initial: 1 }, b: { shape: [2], initial: 2 } }),
      update: ({
        weights,
        slots,
      }: {
        weights: Record<string, tf.Tensor>
        slots: Record<string, tf.Tensor>
      }) => {
        const sum = tf.add(slots.a!, slots.b!)
        return { weights: { ...weights }, slots: { a: sum, b: sum } }
      },
    }
    const session = await open({ optimizers: { reconstruction: lazy } })
    await train(session, 1)
    const { numTensors } = tf.memory()
    await train(session, 3, 1)
    expect(tf.memory().numTensors).toBe(numTensors)
    expect([...(await session.state()).slots.reconstruction!.b!.data]).toEqual([24, 24])
    session.dispose()
  })

  test('is given back when a session is disposed during a step, which ends as it would have', async () => {
    const start = tf.memory().numTensors
    const session = await open()
    const step = session.step(request)
    await Promise.resolve()
    await Promise.resolve()
    session.dispose()
    expect((await step).loss).toBeGreaterThan(0)
    await expectError(() => session.state(), {
      code: 'backend',
      message: /cannot read the state: the session is disposed. Open another one/,
    })
    expect(tf.memory().numTensors).toBe(start)
  })
})

describe('errors', () => {
  const cases: [string, (session: Session) => Promise<unknown>, string, RegExp][] = [
    [
      'objective',
      (s) => s.step({ ...request, objective: 'critic' }),
      'spec',
      /no objective "critic"\. Expected reconstruction/,
    ],
    [
      'field',
      (s) => s.step({ ...request, batch: tinyBatch(3, { label: [] }) }),
      'data',
      /reads the field "input", which the batch lacks\. Got a batch with label/,
    ],
    [
      'shape',
      (s) => s.step({ ...request, batch: tinyBatch(3, { input: [5] }) }),
      'shape',
      /"input" of the batch does not fit the model\. Got \[5\]; expected \[4\]/,
    ],
    [
      'empty',
      (s) => s.step({ ...request, batch: tinyBatch(0) }),
      'data',
      /at least one sample\. Got a batch of 0/,
    ],
    [
      'rate',
      (s) => s.step({ ...request, learningRate: Number.NaN }),
      'numeric',
      /learning rate is not finite\. Got NaN/,
    ],
    [
      'function',
      (s) => s.run('encod', {}),
      'spec',
      /no function "encod"\. Expected encode, decode, reconstruct/,
    ],
    ['input', (s) => s.run('encode', {}), 'data', /"encode" needs the input "input"\. Got no inputs/],
    [
      'extra input',
      (s) => s.run('encode', { x: { shape: [1], data: new Float32Array(1) } }),
      'data',
      /no input "x"\. Expected input/,
    ],
    [
      'input shape',
      (s) => s.run('encode', { input: { shape: [4], data: new Float32Array(4) } }),
      'shape',
      /Got \[4\]; expected \[4, 4\]/,
    ],
    [
      'input size',
      (s) => s.run('encode', { input: { shape: [1, 4], data: new Float32Array(3) } }),
      'shape',
      /Got 3 numbers; expected 4 for \[1, 4\]/,
    ],
    [
      'weight',
      (s) => s.restore({ weights: { 'encoder/9/kernel': { shape: [1], data: new Float32Array(1) } } }),
      'data',
      /no weight named "encoder\/9\/kernel"/,
    ],
    [
      'weight shape',
      (s) => s.restore({ weights: { 'decoder/0/bias': { shape: [3], data: new Float32Array(3) } } }),
      'shape',
      /"decoder\/0\/bias" has another shape\. Got \[3\]; expected \[4\]/,
    ],
    [
      'weight size',
      (s) => s.restore({ weights: { 'decoder/0/bias': { shape: [4], data: new Float32Array(3) } } }),
      'shape',
      /does not fill its shape\. Got 3 numbers; expected 4/,
    ],
    [
      'slot',
      (s) => s.restore({ slots: { reconstruction: { x: { shape: [], data: new Float32Array(1) } } } }),
      'data',
      /no slot of "reconstruction" named "x"/,
    ],
    [
      'slots of',
      (s) => s.restore({ slots: { critic: {} } }),
      'data',
      /objective "critic", which is not trained here\. Expected reconstruction/,
    ],
    [
      'iterations',
      (s) => s.restore({ iterations: { reconstruction: -1 } }),
      'data',
      /iterations of "reconstruction" cannot be restored\. Got -1/,
    ],
    ['prototype', (s) => s.run('toString', {}), 'spec', /no function "toString"/],
  ]
  test.each(cases)('%s', async (_, call, code, message) => {
    const session = await open()
    const before = [await session.state(), tf.memory().numTensors]
    await expectError(() => call(session), { code, message })
    expect([await session.state(), tf.memory().numTensors]).toEqual(before)
    session.dispose()
  })

  test('a restore is all or nothing', async () => {
    const session = await open()
    const before = await session.state()
    const bias = { shape: [4], data: new Float32Array(4).fill(1) }
    await expectError(() => session.restore({ weights: { 'decoder/0/bias': bias, x: bias } }), {
      code: 'data',
    })
    expect(await session.state()).toEqual(before)
    session.dispose()
  })

  test('of opening', async () => {
    const optimizer = tinyProgram().optimizers!.reconstruction!
    await expectError(() => open({ optimizers: { critic: optimizer } }), {
      code: 'spec',
      message: /optimizer for "critic", which is no objective of the model\. Expected reconstruction/,
    })
    await expectError(() => openEagerSession(tinyProgram(), { ...options, tfBackend: 'tpu' }), {
      code: 'backend',
      message: /tfjs has no backend "tpu"/,
    })
    const session = await open({ optimizers: {} })
    await expectError(() => session.step(request), {
      code: 'spec',
      message: /"reconstruction" has no optimizer/,
    })
    expect((await session.state()).slots).toEqual({})
    session.dispose()
  })

  test('name a kernel that the backend lacks', async () => {
    const program = tinyProgram()
    // wasm cannot compute the gradient of a gather.
    const model = withLoss(program.model, (loss) => (weights, batch, context) => {
      const rows = tf.gather(weights['encoder/0/kernel']!, tf.tensor1d([0, 1, 2, 3], 'int32'))
      return loss({ ...weights, 'encoder/0/kernel': rows }, batch, context)
    })
    const session = await openEagerSession(
      { ...program, model },
      { id: 'wasm', device: '', tfBackend: 'wasm' },
    )
    const error = await expectError(() => session.step(request), {
      code: 'backend',
      message:
        /^training "reconstruction": the backend "wasm" has no kernel UnsortedSegmentSum\. Use a backend/,
    })
    expect(isSandglassError(error)).toBe(true)
    session.dispose()
  })
})
