import '@sandglass/core/gradients'
import '@tensorflow/tfjs-backend-cpu'
import '@tensorflow/tfjs-backend-wasm'
import { fill, testRandom } from '@sandglass/testing'
import * as tf from '@tensorflow/tfjs-core'
import { describe, expect, test } from 'vitest'
import { differentiate } from '../gradient'
import { initialWeights } from '../initial-weights'
import {
  conv2d,
  conv2dTranspose,
  dense,
  lstm,
  maxPooling2d,
  repeatVector,
  reshape,
  timeDistributed,
} from '../layers/index'
import type { Model } from '../model'
import { registerMissingKernels } from '../ops/missing-kernels'
import { core } from '../plugin-core'
import { createRegistry } from '../registry'
import { sizeOf } from '../shape'
import type { TensorRecord } from '../tensors'
import { autoencoder } from './index'

const registry = createRegistry([core])

// Géron, Hands-On Machine Learning, 2nd edition, chapter 17.
const convolutional = autoencoder({
  encoder: [
    reshape({ shape: [28, 28, 1] }),
    ...[16, 32, 64].flatMap((filters) => [
      conv2d({ filters, kernelSize: 3, padding: 'same', activation: 'selu' }),
      maxPooling2d({ poolSize: 2 }),
    ]),
  ],
  decoder: [
    conv2dTranspose({ filters: 32, kernelSize: 3, strides: 2, activation: 'selu' }),
    conv2dTranspose({ filters: 16, kernelSize: 3, strides: 2, padding: 'same', activation: 'selu' }),
    conv2dTranspose({ filters: 1, kernelSize: 3, strides: 2, padding: 'same', activation: 'sigmoid' }),
    reshape({ shape: [28, 28] }),
  ],
  loss: 'binaryCrossentropy',
})

const recurrent = autoencoder({
  encoder: [lstm({ units: 100, returnSequences: true }), lstm({ units: 30 })],
  decoder: [
    repeatVector({ n: 28 }),
    lstm({ units: 100, returnSequences: true }),
    timeDistributed({ layer: dense({ units: 28, activation: 'sigmoid' }) }),
  ],
  loss: 'binaryCrossentropy',
})

const build = (spec: object): Model =>
  registry.build('model', spec, { registry, fields: { input: [28, 28] } })

function parameters(model: Model, part: string): number {
  return Object.entries(model.weights)
    .filter(([name]) => name.startsWith(`${part}/`))
    .reduce((sum, [, { shape }]) => sum + sizeOf(shape), 0)
}

/** Loss and gradients of one batch of two on the current backend. */
function train(model: Model): Record<string, Float32Array> {
  return tf.tidy(() => {
    const start = initialWeights(model, 3)
    const weights: TensorRecord = Object.fromEntries(
      Object.entries(start).map(([name, { shape, data }]) => [name, tf.tensor(data, [...shape])]),
    )
    const input = tf.tensor(fill(2 * 784, 1, 0, 1), [2, 28, 28])
    const { value, gradients } = differentiate((w) => {
      const { total } = model.objectives[0]!.loss(w, { input }, { training: true, random: testRandom() })
      return { value: total, extra: {} }
    }, weights)
    return Object.fromEntries(
      Object.entries({ loss: value, ...gradients }).map(([name, t]) => [name, t.dataSync() as Float32Array]),
    )
  })
}

/** Trains on both backends; they must agree, and every weight must have a gradient. */
async function agrees(model: Model): Promise<void> {
  await tf.setBackend('wasm')
  registerMissingKernels('wasm')
  const wasm = train(model)
  await tf.setBackend('cpu')
  const cpu = train(model)
  expect(Object.keys(wasm)).toEqual(['loss', ...Object.keys(model.weights)])
  for (const [name, want] of Object.entries(cpu)) {
    const size = Math.max(...want.map(Math.abs))
    const error = Math.max(...want.map((w, i) => Math.abs(w - wasm[name]![i]!)))
    expect(size, name).toBeGreaterThan(0)
    expect(error / size, name).toBeLessThan(1e-3)
  }
}

describe("the textbook's convolutional autoencoder", () => {
  const model = build(convolutional)

  test('has its parameters and shapes', () => {
    expect(parameters(model, 'encoder')).toBe(23_296)
    expect(parameters(model, 'decoder')).toBe(23_233)
    expect(model.layers.map((layer) => layer.outputShape.join('×'))).toEqual([
      '28×28×1',
      '28×28×16',
      '14×14×16',
      '14×14×32',
      '7×7×32',
      '7×7×64',
      '3×3×64',
      '7×7×32',
      '14×14×16',
      '28×28×1',
      '28×28',
    ])
  })

  test('has the same loss and gradients on cpu and wasm', () => agrees(model))
})

describe("the textbook's recurrent autoencoder", () => {
  const model = build(recurrent)

  test('has its parameters and shapes', () => {
    // 4·units·(features + units + 1) for an LSTM.
    expect(parameters(model, 'encoder')).toBe(4 * 100 * 129 + 4 * 30 * 131)
    expect(parameters(model, 'decoder')).toBe(4 * 100 * 131 + 101 * 28)
    expect(model.layers.map((layer) => layer.outputShape.join('×'))).toEqual([
      '28×100',
      '30',
      '28×30',
      '28×100',
      '28×28',
    ])
    expect(Object.keys(model.weights)).toContain('decoder/2/0/kernel')
  })

  test('has the same loss and gradients on cpu and wasm', () => agrees(model))
})
