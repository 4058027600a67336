import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { initialWeights, type LayerSpec } from '@sandglass/core'
import { expectError } from '@sandglass/testing'
import { unitActivity } from '@sandglass/trainer'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  autoencoder,
  blobs,
  defaultRegistry,
  dense,
  fashionMnistExcerpt,
  klSparsity,
  open,
} from '../node/index'
import { sparseKl } from '../presets/index'
import { linesOf } from './activity-log'
import { camelCase, datasetSpec, withFolder } from './dataset-option'
import { watchedLayers } from './exhibits/definitions'
import { checkUnused, holdRunFolder, readRunFolder, writeRunPlan } from './folder'
import { gather, gatherLabels } from './gather'
import { parseJson } from './parse-json'
import { type RunPlan, settle } from './run-plan'

const registry = defaultRegistry()
const plan: RunPlan = {
  folder: 'runs/x',
  model: sparseKl.model,
  settings: {
    version: '1.2.3',
    name: 'x',
    dataset: { type: 'fashionMnist' },
    optimizer: { type: 'sgd', learningRate: 1 },
    batchSize: 32,
    epochs: 1,
    metrics: [],
    seed: 42,
    backend: 'auto',
  },
}

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sandglass-run-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

describe('settings', () => {
  test('datasets by name, file or spec', () => {
    expect(datasetSpec('fashion-mnist')).toEqual({ type: 'fashionMnist' })
    expect(datasetSpec('swissRoll')).toEqual({ type: 'swissRoll' })
    expect(datasetSpec('some/table.CSV')).toEqual({ type: 'csv', path: 'some/table.CSV' })
    expect(datasetSpec('{"type":"blobs","classes":3}')).toEqual({ type: 'blobs', classes: 3 })
    expect(camelCase('fashion-mnist-excerpt')).toBe('fashionMnistExcerpt')
  })

  test('malformed JSON is an error that says where', async () => {
    await expectError(() => parseJson('{', 'x.json'), {
      code: 'spec',
      message: /^x\.json is not JSON\. Got /,
    })
    await expectError(() => parseJson('{"units": 3, "units": 4}', 'x.json'), {
      code: 'spec',
      message: /^x\.json cannot be used\. Got JSON that repeats the key "units"\. Say it once/,
    })
  })

  test('specs are written in full', () => {
    const { settings, model } = settle(registry, plan)
    expect(settings.dataset).toMatchObject({ type: 'fashionMnist', validation: 5000 })
    expect(settings.optimizer).toMatchObject({ learningRate: 1, momentum: 0 })
    expect(model).toMatchObject({ encoder: [{}, { useBias: true }, {}] })
  })

  test('a data folder must be there', async () => {
    expect(await withFolder({ type: 'mnist' }, folder)).toEqual({ type: 'mnist', folder })
    await expectError(() => withFolder({ type: 'mnist' }, join(folder, 'no')), {
      code: 'file',
      message: /Got no such folder/,
    })
  })
})

describe('the folder', () => {
  test('keeps what a run is made of', async () => {
    const settled = settle(registry, { ...plan, folder: join(folder, 'deep', 'run') })
    await checkUnused(settled.folder)
    await (await holdRunFolder(settled.folder)).release()
    await writeRunPlan(settled)
    expect(await readRunFolder(settled.folder)).toEqual(settled)
    await expectError(() => checkUnused(settled.folder), { code: 'file', message: /holds a run already/ })
  })

  test('that is none, or has been tampered with, is refused', async () => {
    await expectError(() => readRunFolder(folder), {
      code: 'file',
      message: /is no run\. Got no run\.json in it/,
    })
    await writeFile(join(folder, 'run.json'), '{"epochs":"many"}')
    await expectError(() => readRunFolder(folder), {
      code: 'file',
      message: /run\.json is malformed\. Got .*epochs/,
    })
  })
})

describe('mean activations', () => {
  const sparse = klSparsity({ weight: 0.1, target: 0.2 })
  const spec = autoencoder({
    encoder: [
      dense({ units: 4, activation: 'sigmoid', activityRegularizer: sparse }),
      dense({ units: 2, activation: 'sigmoid' }),
    ],
    decoder: [
      dense({ units: 5, activation: 'sigmoid', activityRegularizer: { type: 'l1' } }),
      dense({ units: 3 }),
    ],
  })
  const model = registry.build('model', spec, { registry, fields: { input: [3] } })

  test.each(['cpu', 'onnxruntime'])(
    'on %s, of every layer whose activity is regularized',
    async (backend) => {
      const dataset = blobs({ size: 40, features: 3, seed: 1 })
      const weights = initialWeights(model, 3)
      const trained = await open({ model, weights }, { backend })
      const found = await unitActivity(trained, dataset, { batchSize: 15 })
      trained.dispose()
      expect(found.map(({ path, type, target, means }) => [path, type, target, means.length])).toEqual([
        ['encoder/0', 'dense', 0.2, 4],
        ['decoder/0', 'dense', undefined, 5],
      ])
      const { shape, data } = await gather(dataset, 'input', 0, 40)
      const kernel = weights['encoder/0/kernel']!.data
      for (let unit = 0; unit < 4; unit++) {
        let sum = 0
        for (let i = 0; i < shape[0]!; i++) {
          let z = 0
          for (let j = 0; j < 3; j++) z += data[3 * i + j]! * kernel[4 * j + unit]!
          sum += 1 / (1 + Math.exp(-z))
        }
        expect(found[0]!.means[unit]).toBeCloseTo(sum / 40, 5)
      }
    },
  )

  test('layers worth watching: regularized ones, or a code whose units can be off', () => {
    const paths = (encoder: LayerSpec[]) => {
      const each = autoencoder({ encoder, decoder: [dense({ units: 3 })] })
      return watchedLayers(registry.build('model', each, { registry, fields: { input: [3] } }))
    }
    expect(watchedLayers(model)).toEqual(['encoder/0', 'decoder/0'])
    expect(paths([dense({ units: 2, activation: 'relu' }), dense({ units: 1 })])).toEqual([])
    expect(paths([dense({ units: 2, activation: 'relu' })])).toEqual(['encoder/0'])
    expect(paths([dense({ units: 2 })])).toEqual([])
  })

  test('are logged, a line for each epoch and layer', () => {
    const record = { type: 'dense', units: 2, epochs: [1, 2] }
    const means = Float32Array.of(0.1, 0.25, 1 / 3, 0)
    expect(
      linesOf([
        { ...record, path: 'encoder/0', means, dead: [0, 1] },
        { ...record, path: 'encoder/1', means: means.map((v) => 2 * v), dead: [0, 0] },
      ]),
    ).toBe(
      [
        '{"epoch":1,"layer":"encoder/0","dead":0,"means":[0.1,0.25]}',
        '{"epoch":1,"layer":"encoder/1","dead":0,"means":[0.2,0.5]}',
        '{"epoch":2,"layer":"encoder/0","dead":1,"means":[0.333333,0]}',
        '{"epoch":2,"layer":"encoder/1","dead":0,"means":[0.666667,0]}',
        '',
      ].join('\n'),
    )
  })
})

test('labels, where there are any', async () => {
  const { test: held } = await fashionMnistExcerpt()
  expect(await gatherLabels(held!, 0, 3)).toHaveLength(3)
  expect((await gather(held!, 'input', 1, 3)).shape).toEqual([2, 28, 28])
})
