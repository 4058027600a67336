import '@tensorflow/tfjs-backend-cpu'
import { describe, expect, test } from 'vitest'
import { defaultRegistry, fashionMnistExcerpt, sgd } from '../index'
import { sparseKl } from '../presets/sparse-kl'
import { formulaWeights } from './formula-weights'
import golden from './sparse-kl.golden.json'

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
