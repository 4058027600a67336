import '@tensorflow/tfjs-backend-cpu'
import { conv2d, maxPooling2d, type Session } from '@sandglass/core'
import { describe, expect, test } from 'vitest'
import {
  classifier,
  defaultRegistry,
  dense,
  fashionMnistExcerpt,
  flatten,
  l1,
  l2,
  type ModelSpec,
  reshape,
  sgd,
} from '../index'
import { formulaWeights } from './formula-weights'
import golden from './pretraining.golden.json'

// The models of tools/golden/pretraining.py.
const decay = l2({ l2: 1e-3 })
const head = [dense({ units: 20, activation: 'selu' }), dense({ units: 10, activation: 'softmax' })]
const onDense = {
  encoder: [
    flatten(),
    dense({ units: 100, activation: 'selu', kernelRegularizer: decay }),
    dense({ units: 30, activation: 'selu', activityRegularizer: l1({ l1: 1e-3 }) }),
  ],
  head,
}
const onImages = {
  encoder: [
    reshape({ shape: [28, 28, 1] }),
    ...[16, 32, 64].flatMap((filters) => [
      conv2d({ filters, kernelSize: 3, padding: 'same', activation: 'selu' }),
      maxPooling2d({ poolSize: 2 }),
    ]),
  ],
  head: [flatten(), ...head],
}
const models = {
  dense: classifier(onDense),
  'dense, frozen': classifier({ ...onDense, freezeEncoder: true }),
  'dense, joint': classifier({
    ...onDense,
    decoder: [
      dense({ units: 100, activation: 'selu', kernelRegularizer: decay }),
      dense({ units: 784, activation: 'sigmoid' }),
      reshape({ shape: [28, 28] }),
    ],
    reconstructionLoss: 'binaryCrossentropy',
    reconstructionWeight: 0.5,
  }),
  convolutional: classifier(onImages),
  'convolutional, frozen': classifier({ ...onImages, freezeEncoder: true }),
}

async function open(spec: ModelSpec, backend: string): Promise<Session> {
  const registry = defaultRegistry()
  const model = registry.build('model', spec, { registry, fields: { input: [28, 28], label: [] } })
  const session = await registry.build('backend', { type: backend }).open({
    model,
    seed: 1,
    optimizers: { classification: registry.build('optimizer', sgd({ learningRate: 0.02 })) },
    metrics: { accuracy: registry.build('metric', 'sparseCategoricalAccuracy') },
  })
  await session.restore({ weights: formulaWeights(model.weights) })
  return session
}

describe.each([
  // Convolutions take plain JavaScript too long.
  ['cpu', ['dense', 'dense, frozen', 'dense, joint']],
  ['onnxruntime', ['dense', 'dense, frozen', 'dense, joint', 'convolutional', 'convolutional, frozen']],
] as const)('on %s, 20 steps lose what Keras loses', (backend, names) => {
  test.each(names)('%s', async (name) => {
    const session = await open(models[name], backend)
    const { train } = await fashionMnistExcerpt()
    const learningRate = name.startsWith('convolutional') ? 0.005 : 0.02
    for (const [step, expected] of golden[name].entries()) {
      const batch = train.batch(Array.from({ length: 32 }, (_, i) => step * 32 + i))
      const got = await session.step({ objective: 'classification', batch, step, learningRate })
      expect(Math.abs(got.loss! - expected.loss) / expected.loss, `loss at step ${step}`).toBeLessThan(1e-4)
      // One image may be undecided.
      expect(Math.abs(got.accuracy! - expected.accuracy), `accuracy at step ${step}`).toBeLessThan(1.1 / 32)
    }
    session.dispose()
  })
})
