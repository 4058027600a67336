import '@tensorflow/tfjs-backend-cpu'
import type { HostRecord } from '@sandglass/core'
import { describe, expect, test } from 'vitest'
import { defaultRegistry, fashionMnistExcerpt, sgd } from '../index'
import { sparseKl } from '../presets/sparse-kl'
import golden from './sparse-kl.golden.json'

/** The weights that tools/golden/sparse_kl.py gives to Keras, in the order of the model's weights. */
function formulaWeights(weights: Readonly<Record<string, { shape: readonly number[] }>>): HostRecord {
  return Object.fromEntries(
    Object.entries(weights).map(([name, { shape }], index) => {
      const data = new Float32Array(shape.reduce((a, b) => a * b, 1))
      if (shape.length === 2) {
        const limit = Math.sqrt(6 / (shape[0]! + shape[1]!))
        for (let i = 0; i < data.length; i++) data[i] = (hash(i + 1 + index * 1000003) / 2 ** 31 - 1) * limit
      }
      return [name, { shape, data }]
    }),
  )
}

function hash(seed: number): number {
  let bits = seed >>> 0
  for (const [factor, shift] of [
    [2654435761, 15],
    [2246822519, 13],
  ] as const) {
    bits = Math.imul(bits, factor) >>> 0
    bits = (bits ^ (bits >>> shift)) >>> 0
  }
  return bits
}

describe.each(['cpu', 'onnxruntime'])('on %s', (id) => {
  test('50 steps of the textbook model lose what Keras loses', async () => {
    const registry = defaultRegistry()
    const { train } = await fashionMnistExcerpt()
    const model = registry.build('model', sparseKl.model, { registry, fields: { input: [28, 28] } })
    const session = await registry.build('backend', { type: id }).open({
      model,
      seed: 1,
      optimizers: { reconstruction: registry.build('optimizer', sgd({ learningRate: 1 })) },
      metrics: { roundedAccuracy: registry.build('metric', 'roundedAccuracy') },
    })
    await session.restore({ weights: formulaWeights(model.weights) })
    for (const [step, expected] of golden.losses.entries()) {
      const indices = Array.from({ length: 32 }, (_, i) => step * 32 + i)
      const got = await session.step({
        objective: 'reconstruction',
        batch: train.batch(indices),
        step,
        learningRate: 1,
      })
      expect(Math.abs(got.loss! - expected.loss) / expected.loss, `loss at step ${step}`).toBeLessThan(1e-4)
      expect(got.roundedAccuracy, `accuracy at step ${step}`).toBeCloseTo(expected.rounded_accuracy, 3)
    }
    session.dispose()
  }, 120_000)
})
