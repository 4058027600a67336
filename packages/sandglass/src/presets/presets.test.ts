import { type Batch, type Objective, type Spec, shapesOf } from '@sandglass/core'
import { describe, expect, test } from 'vitest'
import { defaultRegistry } from '../node/index'
import { presets, sparseKl } from './index'

const registry = defaultRegistry()

/** The excerpt in place of the full data. */
const small = (dataset: Spec): Spec =>
  dataset.type === 'fashionMnist' ? { type: 'fashionMnistExcerpt' } : dataset

describe.each(presets)('$name', ({ name, family, model, dataset, optimizer, metrics, batchSize, epochs }) => {
  test('is made of specs that the registry knows', () => {
    const input = registry.parse('dataset', dataset).type === 'fashionMnist' ? [28, 28] : [3]
    expect(
      registry.build('model', model, { registry, fields: { input, label: [] } }).objectives,
    ).toHaveLength(1)
    registry.build('optimizer', optimizer)
    for (const metric of metrics) registry.build('metric', metric)
    expect(batchSize * epochs).toBeGreaterThan(0)
    expect(JSON.parse(JSON.stringify(model))).toEqual(model)
  })

  test('trains on the compiled backend, a single sample too', async () => {
    const fields = shapesOf((await registry.build('dataset', small(dataset))).train.fields)
    const built = registry.build('model', model, { registry, fields })
    const [{ name: objective }] = built.objectives as [Objective]
    const optimizers = { [objective]: registry.build('optimizer', optimizer) }
    const backend = registry.build('backend', { type: 'onnxruntime' })
    const session = await backend.open({ model: built, seed: 1, optimizers })
    const run = { objective, step: 0, learningRate: 0.001 }
    for (const size of [1, batchSize]) {
      const batch: Batch = { size, fields, fill: (_, out) => out.fill(0) }
      await session.evaluate({ objective, batch, index: 0 })
      expect((await session.step({ ...run, batch })).loss).toBeGreaterThanOrEqual(0)
    }
    session.dispose()
  })

  test('has a name of its own that a shell takes as it is', () => {
    expect(name).toMatch(/^[a-z][a-z0-9-]*$/)
    expect(presets.filter((preset) => preset.name === name)).toHaveLength(1)
    expect(family).toMatch(/^[a-z ]+$/)
  })
})

test('sparse-kl has the settings whose results are published', () => {
  const built = registry.build('model', sparseKl.model, { registry, fields: { input: [28, 28] } })
  expect(built.layers.map(({ outputShape }) => outputShape)).toEqual([
    [784],
    [100],
    [300],
    [100],
    [784],
    [28, 28],
  ])
  expect(registry.parse('model', sparseKl.model)).toMatchObject({
    encoder: [
      {},
      { activation: { type: 'selu' } },
      {
        activation: { type: 'sigmoid' },
        activityRegularizer: { type: 'klSparsity', weight: 0.05, target: 0.1 },
      },
    ],
    decoder: [{ activation: { type: 'selu' } }, { activation: { type: 'sigmoid' } }, {}],
    loss: { type: 'binaryCrossentropy' },
  })
  expect(sparseKl).toMatchObject({
    dataset: { type: 'fashionMnist', validation: 5000 },
    optimizer: { type: 'sgd', learningRate: 1 },
    batchSize: 32,
    epochs: 10,
    metrics: [{ type: 'roundedAccuracy' }],
  })
})
