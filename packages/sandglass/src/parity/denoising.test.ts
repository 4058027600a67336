import '@tensorflow/tfjs-backend-cpu'
import '@tensorflow/tfjs-backend-wasm'
import { describe, expect, test } from 'vitest'
import { formulaWeights } from '../headline/formula-weights'
import {
  autoencoder,
  corruptions,
  dense,
  fashionMnistExcerpt,
  fit,
  flatten,
  reshape,
  sgd,
  take,
} from '../index'
import golden from './denoising.golden.json'
import { registry } from './fixture'

type Corruption = ReturnType<(typeof corruptions)[keyof typeof corruptions]>

const spec = (corruption: Corruption) =>
  autoencoder({
    encoder: [flatten(), dense({ units: 100, activation: 'selu' }), dense({ units: 30, activation: 'selu' })],
    decoder: [
      dense({ units: 100, activation: 'selu' }),
      dense({ units: 784, activation: 'sigmoid' }),
      reshape({ shape: [28, 28] }),
    ],
    loss: 'binaryCrossentropy',
    corruption,
  })
const kinds = {
  gaussianNoise: corruptions.gaussianNoise({ stddev: 0.2 }),
  dropout: corruptions.dropout({ rate: 0.5 }),
}

describe.each(['wasm', 'onnxruntime'])('on %s', (id) => {
  test.each(['gaussianNoise', 'dropout'] as const)(
    '%s: 20 steps lose what PyTorch loses with the same noise, clean and damaged inputs are evaluated',
    async (kind) => {
      const { train } = await fashionMnistExcerpt()
      const model = registry.build('model', spec(kinds[kind]), { registry, fields: { input: [28, 28] } })
      const session = await registry.build('backend', id).open({
        model,
        seed: golden.seed,
        optimizers: { reconstruction: registry.build('optimizer', sgd({ learningRate: 1 })) },
        metrics: {},
      })
      await session.restore({ weights: formulaWeights(model.weights) })
      const { losses, evaluations } = golden[kind]
      const batchAt = (i: number) => train.batch(Array.from({ length: 32 }, (_, k) => 32 * i + k))
      const near = (got: number | undefined, wanted: number, what: string) =>
        expect(Math.abs(got! - wanted) / wanted, what).toBeLessThan(1e-4)
      for (const [step, loss] of losses.entries()) {
        const request = { objective: 'reconstruction', batch: batchAt(step), step, learningRate: 1 }
        const got = await session.step(request)
        near(got.loss, loss, `loss at step ${step}`)
        expect(got.denoising).toBe(got.reconstruction)
      }
      for (const [index, wanted] of evaluations.entries()) {
        const batch = batchAt(losses.length + index)
        const got = await session.evaluate({ objective: 'reconstruction', batch, index })
        near(got.loss, wanted.loss, `clean, batch ${index}`)
        near(got.denoising, wanted.denoising, `damaged, batch ${index}`)
      }
      session.dispose()
    },
    60_000,
  )
})

test('the history has both validations, the same on either engine, and callbacks may watch them', async () => {
  const { train, validation, test: held } = await fashionMnistExcerpt()
  const data = { train: take(train, 64), validation: take(validation ?? held!, 40) }
  const run = (backend: string) =>
    fit(spec(kinds.gaussianNoise), data, {
      optimizer: sgd({ learningRate: 0.5 }),
      epochs: 2,
      batchSize: 32,
      seed: 1,
      backend,
      callbacks: [{ name: 'watch', monitors: () => ['val_denoising', 'denoising'] }],
    })
  const [eager, compiled] = [await run('cpu'), await run('onnxruntime')]
  const last = eager.history.at(-1)!
  expect(Object.keys(last)).toEqual([
    ...['epoch', 'loss', 'val_loss', 'reconstruction', 'val_reconstruction', 'denoising', 'val_denoising'],
    'learningRate',
  ])
  expect(last.val_loss).toBe(last.val_reconstruction)
  expect(last.val_denoising).not.toBe(last.val_loss)
  for (const [name, value] of Object.entries(last))
    expect(Math.abs(compiled.history.at(-1)![name]! - value), name).toBeLessThan(1e-5)
  eager.model.dispose()
  compiled.model.dispose()
}, 60_000)
