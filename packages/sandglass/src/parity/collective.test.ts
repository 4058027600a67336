import '@tensorflow/tfjs-backend-cpu'
import {
  type Backend,
  type Batch,
  type Collective,
  core,
  createRegistry,
  createStreams,
  defineLayer,
  definePlugin,
  type Program,
  type Scalars,
  type Session,
  type TrainingState,
} from '@sandglass/core'
import { regularizers } from '@sandglass/regularizers'
import { expectError, joinedCollectives } from '@sandglass/testing'
import { trainer } from '@sandglass/trainer'
import { add, mean, mul } from '@tensorflow/tfjs-core'
import { describe, expect, test } from 'vitest'
import { autoencoder, compiler, dense, dropout, gaussianNoise, sgd } from '../index'

// Two sessions, each on its shard of every batch, train as one on the whole: weights, state, averages, what is reported.

/** The input itself, of whose means it keeps a moving average. */
const observing = defineLayer({
  type: 'acme/observing',
  description: 'keeps a moving average of its input',
  options: {},
  build: (_, { inputShape }) => ({
    outputShape: inputShape,
    weights: {
      average: {
        shape: inputShape,
        trainable: false,
        initializer: (shape) => new Float32Array(shape[0]!),
      },
    },
    apply: ({ input, weights, context }) => ({
      output: input,
      ...(context.training && {
        updates: { average: add(mul(weights.average!, 0.75), mul(mean(input, 0), 0.25)) },
      }),
    }),
  }),
})

const acme = definePlugin({ name: 'acme', version: '1.0.0', apiVersion: 1, definitions: [observing] })
const registry = createRegistry([core, regularizers, trainer, compiler, acme])
const backends = await Promise.all(
  ['cpu', 'wasm', 'tensorflow', 'onnxruntime'].map(async (id) => {
    const backend = registry.build('backend', { type: id })
    return [id, backend, (await backend.probe()).available] as const
  }),
)

const WIDTH = 6
const SIZE = 8
const STEPS = 5
const spec = autoencoder({
  encoder: [
    gaussianNoise({ stddev: 0.2 }),
    dense({
      units: 5,
      activation: 'tanh',
      kernelRegularizer: { type: 'l2', l2: 0.01 },
      activityRegularizer: { type: 'l2', l2: 0.02 },
    }),
    { type: 'acme/observing' },
    dropout({ rate: 0.25 }),
  ],
  decoder: [dense({ units: WIDTH, activation: 'sigmoid' })],
  loss: 'binaryCrossentropy',
})
const program: Program = {
  model: registry.build('model', spec, { registry, fields: { input: [WIDTH] } }),
  seed: 4,
  // Clipping looks at the gradients of the whole batch, or it is not the same.
  optimizers: {
    reconstruction: registry.build(
      'optimizer',
      sgd({ learningRate: 0.5, momentum: 0.8, globalClipNorm: 0.15, emaMomentum: 0.9 }),
    ),
  },
  metrics: { error: registry.build('metric', 'meanAbsoluteError') },
}

const objective = 'reconstruction'

/** Samples `first`…`end − 1` of the batch of a step. */
function batchOf(step: number, first = 0, end = SIZE): Batch {
  return {
    size: end - first,
    fields: { input: [WIDTH] },
    fill: (_, out) => {
      const samples = createStreams(9).at('data', step, first * WIDTH)
      out.set(samples.uniform(new Float32Array(out.length)))
    },
  }
}

interface Trained {
  readonly reported: readonly Scalars[]
  readonly evaluated: Scalars
  readonly state: TrainingState
}

async function train(session: Session, first: number, end: number, place = first): Promise<Trained> {
  const reported: Scalars[] = []
  for (let step = 0; step < STEPS; step++) {
    const request = { objective, step, learningRate: 0.5, batch: batchOf(step, first, end), first: place }
    const next = { objective, step: step + 1, batch: batchOf(step + 1, first, end), first: place }
    reported.push(await session.step({ ...request, next }))
  }
  const batch = batchOf(99, first, end)
  const evaluated = await session.evaluate({ objective, batch, index: 0, first: place })
  return { reported, evaluated, state: await session.state() }
}

async function whole(backend: Backend): Promise<Trained> {
  const session = await backend.open(program)
  const trained = await train(session, 0, SIZE)
  session.dispose()
  return trained
}

/** By two sessions, the first of which gets 5 samples of 8. */
async function sharded(backend: Backend, place = [0, 5]): Promise<[Trained, Trained]> {
  const collectives = joinedCollectives(2)
  const [left, right] = await Promise.all(
    collectives.map((collective) => backend.open({ ...program, collective })),
  )
  const trained = await Promise.all([train(left!, 0, 5, place[0]), train(right!, 5, SIZE, place[1])])
  for (const session of [left!, right!]) session.dispose()
  return trained
}

/** The largest difference between any two numbers of the same place. */
function distance(a: unknown, b: unknown): number {
  if (typeof a === 'number') return Math.abs(a - (b as number))
  const [mine, others] = [Object.entries(a as object), b as Record<string, unknown>]
  expect(Object.keys(others).sort()).toEqual(mine.map(([name]) => name).sort())
  return Math.max(0, ...mine.map(([name, value]) => distance(value, others[name])))
}

describe.each(backends.filter(([, , available]) => available))('%s', (_, backend) => {
  test('two sessions on shards of 5 and 3 samples train as one on 8', async () => {
    const one = await whole(backend)
    const [left, right] = await sharded(backend)
    expect(distance(left, one)).toBeLessThan(1e-6)
    expect(distance(right, left)).toBe(0)
    expect(one.reported[STEPS - 1]!.loss).toBeLessThan(one.reported[0]!.loss! - 1e-3)
    const { slots, weights } = one.state
    expect(Math.abs(weights['encoder/2/average']!.data[0]!)).toBeGreaterThan(1e-3)
    expect(Object.keys(slots.reconstruction!).some((name) => name.startsWith('average/'))).toBe(true)
  })

  test('a shard that does not know where it begins draws other noise', async () => {
    const one = await whole(backend)
    const [left] = await sharded(backend, [0, 0])
    expect(distance(left.reported[0], one.reported[0])).toBeGreaterThan(1e-4)
  })

  test('a session that is alone in its collective is one without, and one whose collective fails changes nothing', async () => {
    let fails = false
    const alone: Collective = {
      allReduce: async (values) => {
        if (fails) throw new Error('the network is gone')
        return values
      },
    }
    const one = await whole(backend)
    const session = await backend.open({ ...program, collective: alone })
    const trained = await train(session, 0, SIZE)
    expect(distance(trained, one)).toBeLessThan(1e-6)
    fails = true
    const request = { objective, step: STEPS, learningRate: 0.5, batch: batchOf(STEPS) }
    await expectError(() => session.step(request), { message: /the network is gone/ })
    expect(await session.state()).toEqual(trained.state)
    fails = false
    expect((await session.step(request)).loss).toBeGreaterThan(0)
    session.dispose()
  })
})
