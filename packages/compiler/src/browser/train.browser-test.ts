import '@sandglass/core/gradients'
import '@tensorflow/tfjs-backend-cpu'
import {
  autoencoder,
  core,
  createRegistry,
  createStreams,
  define,
  definePlugin,
  drawsAt,
  initialWeights,
  type Program,
  type Scalars,
  sizeOf,
  tensorSource,
  trainStep,
} from '@sandglass/core'
import * as tf from '@tensorflow/tfjs-core'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { compiler } from '../plugin'
import { descent, tinyBatch } from '../testing/tiny'

/** Σ(p·log(p/q) + (1−p)·log((1−p)/(1−q))) of the mean activations q, for p = 0.1. */
const sparsity = define('regularizer', {
  type: 'test/sparsity',
  description: 'KL divergence of the mean activations from 0.1',
  schema: z.strictObject({}),
  build: () => (x) => {
    const q = tf.clipByValue(tf.mean(x, 0), 1e-7, 1 - 1e-7)
    const active = tf.mul(0.1, tf.log(tf.div(0.1, q)))
    return tf.sum(tf.add(active, tf.mul(0.9, tf.log(tf.div(0.9, tf.sub(1, q)))))) as tf.Scalar
  },
})
const plugin = definePlugin({ name: 'test', version: '1.0.0', apiVersion: 1, definitions: [sparsity] })
const registry = createRegistry([core, compiler, plugin])

/** The textbook's sparse autoencoder, smaller. */
const program: Program = {
  model: registry.build(
    'model',
    autoencoder({
      encoder: [
        { type: 'flatten' },
        { type: 'dropout', rate: 0.1 },
        { type: 'dense', units: 24, activation: 'selu' },
        { type: 'dense', units: 40, activation: 'sigmoid', activityRegularizer: { type: 'test/sparsity' } },
      ],
      decoder: [
        { type: 'dense', units: 24, activation: 'selu' },
        { type: 'dense', units: 64, activation: 'sigmoid' },
        { type: 'reshape', shape: [8, 8] },
      ],
      loss: 'binaryCrossentropy',
    }),
    { registry, fields: { input: [8, 8] } },
  ),
  seed: 3,
  optimizers: { reconstruction: descent },
}
const batch = tinyBatch(16, { input: [8, 8] })
const STEPS = 10

/** The same training by tfjs on its cpu backend. */
async function trainEagerly(): Promise<{ losses: number[]; weights: Record<string, ArrayLike<number>> }> {
  await tf.setBackend('cpu')
  const objective = program.model.objectives[0]!
  const values = new Float32Array(batch.size * sizeOf(batch.fields.input!))
  batch.fill('input', values)
  let weights = Object.fromEntries(
    Object.entries(initialWeights(program.model, program.seed)).map(([name, { shape, data }]) => [
      name,
      tf.tensor(data, [...shape]),
    ]),
  )
  const losses: number[] = []
  for (let step = 0; step < STEPS; step++) {
    const result = trainStep(
      objective,
      descent,
      {},
      {
        weights,
        slots: {},
        batch: { input: tf.tensor(values, [batch.size, 8, 8]) },
        learningRate: tf.scalar(0.5),
        iteration: tf.scalar(step + 1),
        context: { training: true, random: tensorSource(drawsAt(createStreams(program.seed), { step })) },
      },
    )
    weights = { ...weights, ...(result.weights as typeof weights) }
    losses.push((await result.scalars.loss!.data())[0]!)
  }
  const read = Object.entries(weights).map(async ([name, w]) => [name, await w.data()] as const)
  return { losses, weights: Object.fromEntries(await Promise.all(read)) }
}

test('a compiled step trains in the browser as tfjs does', async () => {
  const expected = await trainEagerly()
  const backend = registry.build('backend', 'onnxruntime-web')
  expect(await backend.probe()).toMatchObject({
    available: true,
    device: expect.stringMatching(/^WebAssembly SIMD, \d+ threads?$/),
  })
  const session = await backend.open(program)
  const steps: Scalars[] = []
  for (let step = 0; step < STEPS; step++)
    steps.push(await session.step({ objective: 'reconstruction', batch, step, learningRate: 0.5 }))
  steps.forEach(({ loss }, i) => {
    expect(Math.abs(loss! / expected.losses[i]! - 1)).toBeLessThan(1e-4)
  })
  expect(expected.losses.at(-1)).toBeLessThan(expected.losses[0]!)
  const { weights } = await session.state()
  for (const [name, values] of Object.entries(expected.weights))
    weights[name]!.data.forEach((value, i) => {
      expect(Math.abs(value - values[i]!), `${name}[${i}]`).toBeLessThan(1e-3)
    })
  const { code } = await session.run('encode', { input: { shape: [1, 8, 8], data: new Float32Array(64) } })
  expect(code!.shape).toEqual([1, 40])
  session.dispose()
})

test('the backend for Node says where it belongs', async () => {
  const probe = await registry.build('backend', 'onnxruntime').probe()
  expect(probe).toEqual({
    available: false,
    reason: 'onnxruntime-node needs Node',
    advice: 'In browsers use the backend onnxruntime-web.',
  })
})

test('WebGPU is either there or explained', async () => {
  const backend = registry.build('backend', { type: 'onnxruntime-web', device: 'webgpu' })
  const probe = await backend.probe()
  if (!probe.available) {
    expect(probe.reason).toMatch(/WebGPU/)
    return
  }
  const session = await backend.open(program)
  const { loss } = await session.step({ objective: 'reconstruction', batch, step: 0, learningRate: 0.5 })
  expect(loss).toBeGreaterThan(0)
  await session.step({ objective: 'reconstruction', batch, step: 1, learningRate: 0.5 })
  expect((await session.state()).weights['encoder/2/bias']!.data.some((value) => value !== 0)).toBe(true)
  session.dispose()
})
