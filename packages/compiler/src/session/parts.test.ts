import { expectError } from '@sandglass/testing'
import { grads, matMul, mean, mul, relu, square, sub, type Tensor } from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, test } from 'vitest'
import { loadNativeRuntime } from '../backends/load-native'
import { sample } from '../testing/parity'
import { trace } from '../trace/trace'
import { type Arena, createArena } from './arena'
import { compileGraph } from './compile-graph'
import type { Runtime, RuntimeTensors } from './runtime'
import type { RuntimeOptions } from './runtime-options'
import { createStateCell } from './state-cell'

const SIZE = 256
const BATCH = 32
const NAMES = {
  input: (name: string) => name === 'state',
  output: (name: string) => name === 'next',
  replaced: (name: string) => (name === 'next' ? 'state' : undefined),
}

let runtime: Runtime
beforeAll(async () => {
  runtime = (await loadNativeRuntime())!
})

/** A step of training one weight that each sample meets many times. */
const step = () =>
  trace(
    ({ state, x, rate }, random) => {
      const loss = (weight: Tensor) => {
        let y: Tensor = mul(x!, random.normal('noise', [BATCH, SIZE]))
        for (let i = 0; i < 12; i++) y = relu(matMul(y, weight))
        return mean(square(sub(y, x!)))
      }
      const [gradient] = grads(loss as never)([state!])
      return { next: sub(state!, mul(rate!, gradient!)), loss: loss(state!) }
    },
    { state: { shape: [SIZE, SIZE] }, x: { shape: [BATCH, SIZE] }, rate: { shape: [] } },
  )

async function train(on: Runtime, options: RuntimeOptions) {
  const graph = await compileGraph(on, options, step(), NAMES)
  const cell = createStateCell(on, [SIZE, SIZE], options)
  cell.write(sample('w', [SIZE, SIZE]).data.map((value) => 0.08 * value) as Float32Array)
  const losses: number[] = []
  for (let i = 0; i < 3; i++) {
    graph.inputs.x!.data.set(sample(`x${i}`, [BATCH, SIZE]).data)
    graph.inputs['random/normal/noise']!.data.set(sample(`n${i}`, [BATCH, SIZE]).data)
    graph.inputs.rate!.data[0] = 0.5
    const inPlace = graph.inPlace.has('next')
    const next = inPlace ? undefined : cell.target()
    const made = await graph.run({ state: cell.current() }, next ? { next } : {})
    if (!inPlace) cell.accept(made.next!)
    losses.push((made.loss!.data as Float32Array)[0]!)
  }
  const weights = (cell.current().data as Float32Array).slice()
  await graph.release()
  return { losses, weights }
}

/** The same runtime, with something done at each run. */
const watched = (before: (feeds: RuntimeTensors) => void): Runtime => ({
  ...runtime,
  InferenceSession: {
    create: async (model, options) => {
      const session = await runtime.InferenceSession.create(model, options)
      const watch =
        (run: typeof session.run): typeof session.run =>
        async (feeds, fetches) => {
          before(feeds)
          return run(feeds, fetches)
        }
      return { ...session, run: watch(session.run), start: watch(session.start as typeof session.run) }
    },
  },
})

describe('parts of a batch', () => {
  const arenas: [string, () => Arena | undefined][] = [
    ['a kernel', createArena],
    ['the runtime', () => undefined],
  ]

  test.each(arenas)('train as the whole does, when %s adds them', async (_, arena) => {
    let runs = 0
    const counting = watched(() => runs++)
    const whole = await train(counting, { arena: arena(), parts: 1 })
    const runsOfWhole = runs
    runs = 0
    const parts = await train(counting, { arena: arena(), parts: 2 })
    expect(runs).toBeGreaterThanOrEqual(2 * runsOfWhole)
    for (const [i, loss] of whole.losses.entries())
      expect(Math.abs(parts.losses[i]! - loss)).toBeLessThan(1e-5 * loss)
    const scale = Math.max(...whole.weights.map(Math.abs))
    for (const [i, weight] of whole.weights.entries())
      expect(Math.abs(parts.weights[i]! - weight)).toBeLessThan(1e-4 * scale)
  })

  test('run beside each other, and beside what is to be done meanwhile', async () => {
    const graph = await compileGraph(runtime, { parts: 2 }, step(), NAMES)
    const cell = createStateCell(runtime, [SIZE, SIZE], {})
    const made = graph.run({ state: cell.current() }, { next: cell.target()! }, () => {
      graph.spare.x!.data.fill(1)
    })
    graph.inputs.x!.data.fill(0)
    expect((await made).next).toBeDefined()
    expect(graph.spare.x!.data[5]).toBe(1)
    await graph.release()
  })

  test('fail together, once all have ended', async () => {
    let ended = 0
    const failing: Runtime = {
      ...runtime,
      InferenceSession: {
        create: async (model, options) => {
          const session = await runtime.InferenceSession.create(model, options)
          return {
            ...session,
            run: () => Promise.reject(new Error('the first part failed')),
            start: async (feeds, fetches) => {
              const made = await session.start!(feeds, fetches)
              ended++
              return made
            },
          }
        },
      },
    }
    const graph = await compileGraph(failing, { parts: 2 }, step(), NAMES, 'training "x"')
    const cell = createStateCell(runtime, [SIZE, SIZE], {})
    const run = () => graph.run({ state: cell.current() }, { next: cell.target()! })
    await expectError(run, { code: 'backend', message: /training "x".*the first part failed/ })
    expect(ended).toBe(1)
    await graph.release()
  })

  test('are not asked of a runtime that runs one at a time', async () => {
    let runs = 0
    const { concurrent: _, ...alone } = watched(() => runs++)
    await train(alone, { parts: 2 })
    expect(runs).toBe(3)
  })
})
