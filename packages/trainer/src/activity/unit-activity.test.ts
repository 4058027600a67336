import {
  autoencoder,
  conv2d,
  createDataset,
  dense,
  flatten,
  gaussianNoise,
  globalMaxPooling2d,
  type HostRecord,
  initialWeights,
  type ModelSpec,
  masking,
  repeatVector,
  reshape,
  type Shape,
  timeDistributed,
} from '@sandglass/core'
import { expectError } from '@sandglass/testing'
import { describe, expect, test } from 'vitest'
import { openModel } from '../model/trained-model'
import { cpu, registry } from '../testing/fixture'
import { observedLayers } from './activity-layers'
import { type UnitActivityOptions, unitActivity } from './unit-activity'

const build = (spec: ModelSpec, input: Shape) =>
  registry.build('model', spec, { registry, fields: { input } })

async function activityOf(
  spec: ModelSpec,
  { shape, data, weights = {} }: { shape: Shape; data: readonly number[]; weights?: HostRecord },
  options: UnitActivityOptions = {},
) {
  const model = build(spec, shape)
  const trained = await openModel(
    { model, weights: { ...initialWeights(model, 1), ...weights } },
    { backend: cpu },
  )
  try {
    const dataset = createDataset('test', { input: { shape, data: Float32Array.from(data) } })
    return await unitActivity(trained, dataset, { backend: cpu, ...options })
  } finally {
    trained.dispose()
  }
}

const tensor = (shape: Shape, ...data: number[]) => ({ shape, data: Float32Array.from(data) })

describe('unitActivity', () => {
  // Samples (1, 2), (3, −1), (−2, 0), (0.5, 0.5); units relu(x − y), relu(y), relu(−100), relu(x + y + 1).
  const rectified = {
    spec: autoencoder({ encoder: [dense({ units: 4, activation: 'relu' })], decoder: [dense({ units: 2 })] }),
    at: {
      shape: [2],
      data: [1, 2, 3, -1, -2, 0, 0.5, 0.5],
      weights: {
        'encoder/0/kernel': tensor([2, 4], 1, 0, 0, 1, -1, 1, 0, 1),
        'encoder/0/bias': tensor([4], 0, 0, -100, 1),
      },
    },
  }

  test.each([1, 2, 3, 500])('by hand, in batches of %i', async (batchSize) => {
    const [layer] = await activityOf(rectified.spec, rectified.at, { batchSize })
    expect(layer).toEqual({
      path: 'encoder/0',
      type: 'dense',
      activation: 'relu',
      off: 'zero',
      means: Float64Array.of(4 / 4, 2.5 / 4, 0, (4 + 3 + 0 + 2) / 4),
      frequencies: Float64Array.of(0.25, 0.5, 0, 0.75),
      dead: [2],
      threshold: 0,
    })
  })

  test('a threshold of its own', async () => {
    const [layer] = await activityOf(rectified.spec, rectified.at, { threshold: 0.7 })
    expect([...layer!.frequencies]).toEqual([0.25, 0.25, 0, 0.75])
    expect(layer!.dead).toEqual([1, 2])
  })

  test('a sigmoid is dead when its mean is at most a thousandth', async () => {
    const spec = autoencoder({
      encoder: [dense({ units: 3, activation: 'sigmoid' })],
      decoder: [dense({ units: 1 })],
    })
    const at = {
      shape: [1],
      data: [-1, 1],
      weights: { 'encoder/0/kernel': tensor([1, 3], 0, 0, 8), 'encoder/0/bias': tensor([3], -8, -6, -8) },
    }
    const [layer] = await activityOf(spec, at)
    const sigma = (z: number) => 1 / (1 + Math.exp(-z))
    const expected = [sigma(-8), sigma(-6), (sigma(-16) + sigma(0)) / 2]
    for (const [i, value] of expected.entries()) expect(layer!.means[i]).toBeCloseTo(value, 6)
    expect(layer).toMatchObject({ dead: [0], threshold: 1e-3 })
    expect([...layer!.frequencies]).toEqual([0, 1, 0.5])
  })

  test('filters of a convolution: means over pixels, on when they are anywhere', async () => {
    // 1 × 1 kernels x, −x, 0 on images (1, −1, 2, 0) and (−3, 0, 0, 0).
    const spec = autoencoder({
      encoder: [conv2d({ filters: 3, kernelSize: 1, activation: 'relu' }), flatten()],
      decoder: [dense({ units: 4 }), reshape({ shape: [2, 2, 1] })],
    })
    const at = {
      shape: [2, 2, 1],
      data: [1, -1, 2, 0, -3, 0, 0, 0],
      weights: { 'encoder/0/kernel': tensor([1, 1, 1, 3], 1, -1, 0) },
    }
    const [layer] = await activityOf(spec, at, { layers: ['encoder/0'] })
    expect([...layer!.means]).toEqual([(3 / 4 + 0) / 2, (1 / 4 + 3 / 4) / 2, 0])
    expect([...layer!.frequencies]).toEqual([0.5, 1, 0])
    expect(layer!.dead).toEqual([2])
  })

  test('steps that the mask skips do not count', async () => {
    // relu(x + 5) over steps; (2, −9, padding) and (1, padding, padding).
    const spec = autoencoder({
      encoder: [
        masking(),
        timeDistributed({ layer: dense({ units: 2, activation: 'relu' }) }),
        { type: 'lstm', units: 1 },
      ],
      decoder: [repeatVector({ n: 3 }), timeDistributed({ layer: dense({ units: 1 }) })],
    })
    const at = {
      shape: [3, 1],
      data: [2, -9, 0, 1, 0, 0],
      weights: {
        'encoder/1/0/kernel': tensor([1, 2], 1, 0),
        'encoder/1/0/bias': tensor([2], 5, -1),
      },
    }
    const [layer] = await activityOf(spec, at, { layers: ['encoder/1'] })
    expect([...layer!.means]).toEqual([(7 / 2 + 6) / 2, 0])
    expect(layer!.dead).toEqual([1])
  })

  test('needs the data that the model reads', async () => {
    const model = build(rectified.spec, [2])
    const trained = await openModel({ model, weights: initialWeights(model, 1) }, { backend: cpu })
    await expectError(
      () =>
        unitActivity(trained, createDataset('test', { label: { shape: [], data: new Float32Array(2) } }), {
          backend: cpu,
        }),
      {
        code: 'data',
        message:
          /^the data "test" lacks the field "input"\. Got label; expected the fields that the model reads\.$/,
      },
    )
    trained.dispose()
  })
})

describe('observedLayers', () => {
  const pathsOf = (spec: ModelSpec, input: Shape, choice?: Parameters<typeof observedLayers>[1]) =>
    observedLayers(build(spec, input), choice).map(({ path, activation, target }) => [
      path,
      activation,
      target,
    ])
  const deep = autoencoder({
    encoder: [
      flatten(),
      dense({ units: 5, activation: 'relu' }),
      dense({ units: 3, activation: 'sigmoid', activityRegularizer: { type: 'test/squares', weight: 1 } }),
      dense({ units: 2 }),
    ],
    decoder: [
      dense({ units: 5, activation: 'selu' }),
      dense({ units: 4, activation: 'sigmoid' }),
      reshape({ shape: [2, 2] }),
    ],
  })

  test('regularized, the code, hidden, or by path', () => {
    expect(pathsOf(deep, [2, 2])).toEqual([['encoder/2', 'sigmoid', undefined]])
    expect(pathsOf(deep, [2, 2], 'regularized')).toEqual(pathsOf(deep, [2, 2]))
    expect(pathsOf(deep, [2, 2], 'code')).toEqual([['encoder/3', undefined, undefined]])
    expect(pathsOf(deep, [2, 2], 'hidden').map(([path]) => path)).toEqual([
      'encoder/1',
      'encoder/2',
      'decoder/0',
    ])
    expect(pathsOf(deep, [2, 2], ['decoder/1'])).toEqual([['decoder/1', 'sigmoid', undefined]])
    expect(
      pathsOf(autoencoder({ encoder: [dense({ units: 1 })], decoder: [dense({ units: 2 })] }), [2]),
    ).toEqual([['encoder/0', undefined, undefined]])
  })

  test('the activation of a layer that passes its input on is that before it', () => {
    const spec = autoencoder({
      encoder: [
        conv2d({ filters: 2, kernelSize: 1, activation: 'relu' }),
        globalMaxPooling2d(),
        gaussianNoise({ stddev: 1 }),
      ],
      decoder: [dense({ units: 4 }), reshape({ shape: [2, 2, 1] })],
    })
    expect(pathsOf(spec, [2, 2, 1], 'code')).toEqual([['encoder/2', 'relu', undefined]])
  })

  test('a path that no layer has is an error', async () => {
    await expectError(() => pathsOf(deep, [2, 2], ['encoder/2', 'encoder/9']), {
      code: 'spec',
      message:
        /^the model has no layer "encoder\/9"\. Expected some of encoder\/0, encoder\/1, encoder\/2, encoder\/3, decoder\/0, decoder\/1, decoder\/2\.$/,
    })
  })
})
