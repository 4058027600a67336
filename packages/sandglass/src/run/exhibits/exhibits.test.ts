import { type Exhibit, type ExhibitInput, initialWeights, type ModelSpec, type Shape } from '@sandglass/core'
import { asyncConformance } from '@sandglass/testing'
import { describe, expect, test } from 'vitest'
import {
  autoencoder,
  conv2d,
  corruptions,
  createDataset,
  createStreams,
  defaultRegistry,
  dense,
  dropout,
  flatten,
  gaussianNoise,
  klSparsity,
  lstm,
  open,
  readField,
  repeatVector,
  reshape,
  timeDistributed,
} from '../../node/index'
import { draw } from '../../report/draw'
import { svgOf } from '../../report/svg'
import { pageTheme } from '../../report/theme'
import { hashes } from './code-bits'
import { damageOf } from './damage'
import { activitiesOf, exhibits } from './definitions'
import { firstLayer } from './filters'
import { createShared, makeExhibits } from './index'
import { inputKind } from './input-kind'

const registry = defaultRegistry()
const backend = registry.build('backend', 'cpu')
const random = (size: number) => createStreams(3).at('test').uniform(new Float32Array(size))
const images = createDataset('images', {
  input: { shape: [6, 6], data: Uint8Array.from(random(12 * 36), (v) => 255 * v), scale: 1 / 255 },
})
const waves = createDataset('waves', {
  input: { shape: [5, 2], data: random(12 * 10) },
  mask: { shape: [5], data: Uint8Array.from({ length: 60 }, (_, i) => (i % 5 < 3 ? 1 : 0)) },
})

const modelOf = (spec: ModelSpec, fields: Record<string, Shape>) =>
  registry.build('model', spec, { registry, fields })

async function opened<T>(
  spec: ModelSpec,
  dataset: typeof images,
  use: (input: ExhibitInput) => Promise<T>,
  seed = 1,
): Promise<T> {
  const fields = Object.fromEntries(Object.entries(dataset.fields).map(([name, { shape }]) => [name, shape]))
  const model = modelOf(spec, fields)
  const trained = await open({ model, weights: initialWeights(model, 1) }, { backend })
  try {
    return await use({ trained, backend, dataset, part: 'validation', seed, shared: createShared() })
  } finally {
    trained.dispose()
  }
}

const decoder = [dense({ units: 36, activation: 'sigmoid' }), reshape({ shape: [6, 6] })]
const denoising = autoencoder({
  corruption: corruptions.masking({ rate: 0.5 }),
  encoder: [flatten(), dense({ units: 4, activation: 'relu' })],
  decoder,
})
const noisy = autoencoder({
  encoder: [flatten(), gaussianNoise({ stddev: 0.5 }), dense({ units: 3 })],
  decoder,
})
const recurrent = autoencoder({
  encoder: [lstm({ units: 3 })],
  decoder: [
    repeatVector({ n: 5 }),
    lstm({ units: 3, returnSequences: true }),
    timeDistributed({ layer: dense({ units: 2 }) }),
  ],
})
const hashing = autoencoder({
  encoder: [
    flatten(),
    dense({ units: 5 }),
    gaussianNoise({ stddev: 15 }),
    dense({ units: 4, activation: 'sigmoid', activityRegularizer: klSparsity({ weight: 0.1 }) }),
  ],
  decoder,
})

const ofRows = autoencoder({
  encoder: [dense({ units: 1, useBias: false })],
  decoder: [dense({ units: 2, useBias: false })],
})
const people = createDataset('people', {
  input: { shape: [2], columns: ['age', 'height'], data: Float32Array.of(1, 0.5, 2, -1, 3, 4) },
})

const shown = (spec: ModelSpec, dataset = images) =>
  opened(spec, dataset, (input) => makeExhibits(registry, input))

describe('what is shown', () => {
  test('of a denoising model: originals, corrupted and denoised', async () => {
    const exhibits = await shown(denoising)
    expect(exhibits.map(({ name }) => name)).toEqual([
      'reconstructions',
      'denoising',
      'first layer',
      'mean activation',
      'latent space',
    ])
    const { caption, data } = exhibits[1]!
    expect(caption).toContain('damaged as in training (masking with rate 0.5)')
    const drawn = svgOf(draw(data), pageTheme)
    for (const row of ['original', 'corrupted', 'denoised']) expect(drawn).toContain(`>${row}<`)
    expect(drawn.match(/<image/g)).toHaveLength(30)
  })

  test('of a model with noise in front', async () => {
    const exhibits = await shown(noisy)
    expect(exhibits.map(({ name }) => name)).toEqual([
      'reconstructions',
      'denoising',
      'first layer',
      'latent space',
    ])
    expect(exhibits[1]!.caption).toContain('gaussianNoise with stddev 0.5')
  })

  test('of sequences: rows of lines, with masked steps', async () => {
    const exhibits = await shown(recurrent, waves)
    expect(exhibits.map(({ name }) => name)).toEqual(['sequences', 'latent space'])
    expect(exhibits[0]!.caption).toContain('Grey steps are masked.')
    expect(svgOf(draw(exhibits[0]!.data), pageTheme).match(/<rect/g)).toHaveLength(8)
    const corrupted = { ...recurrent, corruption: corruptions.gaussianNoise({ stddev: 0.1 }) } as ModelSpec
    const both = await shown(corrupted, waves)
    expect(both.map(({ name }) => name)).toEqual(['sequences', 'denoised sequences', 'latent space'])
  })

  test('of a hashing model: how near its code is to bits', async () => {
    const exhibits = await shown(hashing)
    expect(exhibits.map(({ name }) => name)).toEqual([
      'reconstructions',
      'first layer',
      'mean activation',
      'code bits',
      'latent space',
    ])
    expect(exhibits[3]!.caption).toMatch(/^The 4 numbers of the codes of 12 samples of the validation data: /)
    expect(hashes(modelOf(noisy, { input: [6, 6] }))).toBe(false)
  })

  test('dead units are counted and named', async () => {
    const { exhibits, activities } = await opened(denoising, images, async (input) => {
      const weights = await input.trained.weights()
      const bias = weights['encoder/1/bias']!
      const trained = await open(
        {
          model: input.trained.model,
          weights: { ...weights, 'encoder/1/bias': { ...bias, data: Float32Array.of(50, -50, 50, -50) } },
        },
        { backend },
      )
      try {
        const shown = { ...input, trained, shared: createShared() }
        return { exhibits: await makeExhibits(registry, shown), activities: await activitiesOf(shown) }
      } finally {
        trained.dispose()
      }
    })
    expect(activities.map(({ dead }) => dead)).toEqual([[1, 3]])
    expect(exhibits.find(({ name }) => name === 'mean activation')!.caption).toMatch(
      /Dead units: 2 of 4, which give nothing for any sample: 1, 3\.$/,
    )
  })
})

describe('tables', () => {
  /** Keeps the first column and makes nought of the second. */
  const keepsFirst = {
    'encoder/0/kernel': { shape: [2, 1], data: Float32Array.of(1, 0) },
    'decoder/0/kernel': { shape: [1, 2], data: Float32Array.of(1, 0) },
  }

  test('the error of each column and the worst rows, by hand', async () => {
    const model = modelOf(ofRows, { input: [2] })
    expect(Object.keys(model.weights)).toEqual(Object.keys(keepsFirst))
    const trained = await open({ model, weights: keepsFirst }, { backend })
    const input = { trained, backend, dataset: people, part: 'validation', seed: 1, shared: createShared() }
    const [columns, rows] = await makeExhibits(registry, input)
    trained.dispose()
    expect([columns!.name, rows!.name]).toEqual(['errors by column', 'worst rows'])
    const cells = ({ data }: Exhibit) => (data.type === 'table' ? data.rows : [])
    const [height, age] = cells(columns!)
    expect(age).toEqual(['age', 0, expect.closeTo(Math.sqrt(2 / 3), 6), 1])
    // Errors 0.5, -1 and 4, which are the values themselves, and the values about their mean.
    const about = (0.5 - 3.5 / 3) ** 2 + (-1 - 3.5 / 3) ** 2 + (4 - 3.5 / 3) ** 2
    expect(height).toEqual([
      'height',
      expect.closeTo(Math.sqrt(17.25 / 3), 6),
      expect.closeTo(Math.sqrt(about / 3), 6),
      expect.closeTo(1 - 17.25 / about, 6),
    ])
    expect(cells(rows!)).toEqual([
      ['2', 8, 'height', 4, 0],
      ['1', 0.5, 'height', -1, 0],
      ['0', 0.125, 'height', 0.5, 0],
    ])
  })

  test('are shown of vectors alone', async () => {
    expect((await shown(denoising)).map(({ name }) => name)).not.toContain('worst rows')
  })
})

test.each(exhibits)('$type conforms', async (exhibit) => {
  const cases = { codeBits: [hashing, images], tables: [ofRows, people] } as const
  const [spec, data] = cases[exhibit.type as keyof typeof cases] ?? [denoising, images]
  const done = await opened(spec, data, (input) => asyncConformance(exhibit, [{ input }]))
  expect(done).toContain('plain data')
})

describe('damage', () => {
  const drawn = (spec: ModelSpec, seed: number) =>
    opened(spec, images, (input) => damageOf(input.trained.model)!.apply(input, [0, 1, 2]), seed)
  const original = readField(images, 'input', [0, 1, 2])

  test('is that of training, drawn by the seed', async () => {
    const [one, same, other] = [
      await drawn(denoising, 1),
      await drawn(denoising, 1),
      await drawn(denoising, 2),
    ]
    expect(one.shape).toEqual([3, 6, 6])
    expect(one).toEqual(same)
    expect(one.data).not.toEqual(other.data)
    const kept = one.data.filter((value, i) => value === original.data[i]).length
    expect(one.data.every((value, i) => value === 0 || value === original.data[i])).toBe(true)
    expect(kept).toBeGreaterThan(30)
    expect(kept).toBeLessThan(80)
  })

  test('of a noise layer has the shape of the input', async () => {
    const { shape, data } = await drawn(noisy, 1)
    expect(shape).toEqual([3, 6, 6])
    const differences = Array.from(data, (value, i) => value - original.data[i]!)
    const deviation = Math.sqrt(differences.reduce((sum, d) => sum + d * d, 0) / differences.length)
    expect(deviation).toBeGreaterThan(0.35)
    expect(deviation).toBeLessThan(0.65)
  })

  test('is the same on the compiled backend', async () => {
    const dropping = autoencoder({
      encoder: [flatten(), dropout({ rate: 0.5 }), dense({ units: 3 })],
      decoder,
    })
    const compiled = registry.build('backend', 'onnxruntime')
    const on = (each: typeof backend) =>
      opened(dropping, images, (input) =>
        damageOf(input.trained.model)!.apply({ ...input, backend: each }, [0, 1, 2]),
      )
    const [eager, other] = [await on(backend), await on(compiled)]
    expect(other.shape).toEqual([3, 6, 6])
    for (const [i, value] of eager.data.entries()) expect(other.data[i]).toBeCloseTo(value, 6)
    expect(eager.data.filter((value) => value === 0).length).toBeGreaterThan(30)
  })

  test('there is none where noise comes later, or not at all', () => {
    expect(damageOf(modelOf(hashing, { input: [6, 6] }))).toBeUndefined()
    expect(damageOf(modelOf(recurrent, { input: [5, 2] }))).toBeUndefined()
  })
})

describe('the first layer', () => {
  test('units as pictures of the input, those with the largest weights first', () => {
    const model = modelOf(noisy, { input: [6, 6] })
    const kernel = Float32Array.from({ length: 108 }, (_, i) => [0.1, -0.9, 0.5][i % 3]!)
    const exhibit = firstLayer(model, { 'encoder/2/kernel': { shape: [36, 3], data: kernel } }, [6, 6])!
    const order = [...svgOf(draw(exhibit.data), pageTheme).matchAll(/<title>unit (\d)<\/title>/g)].map(
      ([, n]) => n,
    )
    expect(order).toEqual(['1', '2', '0'])
    expect(exhibit.caption).toMatch(/^What each unit of encoder\/2 looks for: .*, largest first\./)
  })

  test('kernels of a convolution, also when images have a channel', () => {
    const spec = autoencoder({
      encoder: [conv2d({ filters: 70, kernelSize: 3 }), flatten()],
      decoder: [dense({ units: 36 }), reshape({ shape: [6, 6, 1] })],
    })
    const model = modelOf(spec, { input: [6, 6, 1] })
    const exhibit = firstLayer(model, initialWeights(model, 1), [6, 6, 1])!
    expect(exhibit.caption).toContain('3 × 3 pixels, the 64 of 70 with the largest weights, largest first.')
    expect(svgOf(draw(exhibit.data), pageTheme).match(/<title>/g)).toHaveLength(64)
  })

  test('is not shown where inputs are no pictures', () => {
    const model = modelOf(recurrent, { input: [5, 2] })
    expect(firstLayer(model, initialWeights(model, 1), [5, 2])).toBeUndefined()
  })
})

test('arrays are pictures or sequences by their bytes, their model and their mask', () => {
  const kindOf = (spec: ModelSpec, dataset: typeof images) => {
    const fields = Object.fromEntries(
      Object.entries(dataset.fields).map(([name, { shape }]) => [name, shape]),
    )
    return inputKind(modelOf(spec, fields), dataset)
  }
  const floats = createDataset('floats', { input: { shape: [6, 6], data: random(72) } })
  const overRows = autoencoder({
    encoder: [lstm({ units: 2 })],
    decoder: [dense({ units: 36 }), reshape({ shape: [6, 6] })],
  })
  expect(kindOf(noisy, images)?.kind).toBe('pictures')
  expect(kindOf(noisy, floats)?.kind).toBe('pictures')
  expect(kindOf(overRows, images)?.kind).toBe('pictures')
  expect(kindOf(overRows, floats)).toEqual({ kind: 'sequences', steps: 6, features: 6 })
  expect(kindOf(recurrent, waves)).toEqual({ kind: 'sequences', steps: 5, features: 2 })
  const vectors = createDataset('vectors', { input: { shape: [10], data: random(40) } })
  const reshaped = autoencoder({
    encoder: [reshape({ shape: [5, 2] }), lstm({ units: 2 })],
    decoder: [dense({ units: 10 })],
  })
  expect(kindOf(reshaped, vectors)).toEqual({ kind: 'sequences', steps: 5, features: 2 })
  expect(
    kindOf(autoencoder({ encoder: [dense({ units: 2 })], decoder: [dense({ units: 10 })] }), vectors),
  ).toBeUndefined()
})
