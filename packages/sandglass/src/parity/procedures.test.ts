import '@tensorflow/tfjs-backend-cpu'
import {
  autoencoder,
  defineProcedure,
  dense,
  type HostRecord,
  type HostTensor,
  initialWeights,
  type Model,
  type ModelFunction,
  positiveInt,
  type TrainedModel,
} from '@sandglass/core'
import { openModel } from '@sandglass/trainer'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { createStreams, fromArrays } from '../index'
import { registry } from './fixture'

// Functions that draw, and procedures over functions, give the same on every backend.

const backends = await Promise.all(
  ['onnxruntime', 'wasm', 'tensorflow'].map(async (id) => {
    const backend = registry.build('backend', { type: id })
    return [id, backend, (await backend.probe()).available] as const
  }),
)
const data = fromArrays({
  input: {
    shape: [4],
    data: createStreams(2)
      .at('data')
      .uniform(new Float32Array(40 * 4), -1, 1),
  },
})

/** Lloyd's k-means on codes, beginning with codes that the seed chooses. */
const kMeans = defineProcedure({
  description: 'centroids of the codes',
  options: z.strictObject({ clusters: positiveInt, rounds: positiveInt.default(10) }),
  data: 'required',
  run: async ({ run, data: given, streams, progress }, { clusters, rounds }) => {
    const { code } = await run('encode', given!, { batchSize: 7 })
    const [size, width] = code!.shape as [number, number]
    const order = streams.at('kMeans/start').permutation(size)
    const centroids = Float64Array.from({ length: clusters * width }, (_, at) => {
      return code!.data[order[Math.floor(at / width)]! * width + (at % width)]!
    })
    const distance = (row: number, cluster: number) => {
      let sum = 0
      for (let j = 0; j < width; j++)
        sum += (code!.data[row * width + j]! - centroids[cluster * width + j]!) ** 2
      return sum
    }
    const labels = new Int32Array(size)
    for (let round = 1; round <= rounds; round++) {
      for (let row = 0; row < size; row++) {
        const all = Array.from({ length: clusters }, (_, cluster) => distance(row, cluster))
        labels[row] = all.indexOf(Math.min(...all))
      }
      for (let cluster = 0; cluster < clusters; cluster++) {
        const rows = [...labels.keys()].filter((row) => labels[row] === cluster)
        for (let j = 0; rows.length && j < width; j++)
          centroids[cluster * width + j] =
            rows.reduce((sum, row) => sum + code!.data[row * width + j]!, 0) / rows.length
      }
      progress(round, rounds)
    }
    const fitted = { shape: [clusters, width], data: Float32Array.from(centroids) }
    return {
      outputs: { label: { shape: [size], data: labels } },
      attachments: {
        clusters: { kind: 'clustering', spec: { type: 'kMeans' }, tensors: { centroids: fitted } },
      },
    }
  },
})

function drawingModel(): Model {
  const spec = autoencoder({
    encoder: [dense({ units: 3, activation: 'tanh' }), dense({ units: 2 })],
    decoder: [dense({ units: 4 })],
  })
  const built = registry.build('model', spec, { registry, fields: { input: [4] } })
  const sample: ModelFunction = {
    inputs: {},
    outputs: { output: [4] },
    apply: (weights, _, context, size = 1) => {
      const code = context.random.normal('prior', [size, 2])
      return built.functions.decode!.apply(weights, { code }, context)
    },
  }
  return { ...built, functions: { ...built.functions, sample }, procedures: { kMeans } }
}

/** Samples, and what k-means fits. */
async function performed(trained: TrainedModel): Promise<HostRecord> {
  const { output } = await trained.run('sample', {}, { size: 9, seed: 4, draw: 2, batchSize: 4 })
  const { outputs, attachments } = await trained.perform('kMeans', {
    data,
    seed: 8,
    options: { clusters: 3 },
  })
  return { sample: output!, label: outputs!.label!, ...attachments!.clusters!.tensors }
}

function expectNear({ data: got }: HostTensor, { data: expected }: HostTensor): void {
  for (const [i, value] of got.entries()) expect(value).toBeCloseTo(expected[i]!, 5)
}

const model = drawingModel()
const weights = initialWeights(model, 3)

describe.each(backends.filter(([, , available]) => available))('%s', (_, backend) => {
  test('draws, fits and labels as cpu does', async () => {
    const cpu = await openModel({ model, weights }, { backend: registry.build('backend', 'cpu') })
    const other = await openModel({ model, weights }, { backend })
    const [expected, got] = [await performed(cpu), await performed(other)]
    expect([...got.label!.data]).toEqual([...expected.label!.data])
    expect(new Set(got.label!.data).size).toBe(3)
    for (const name of ['sample', 'centroids']) expectNear(got[name]!, expected[name]!)
    // The whole in one batch: the draws do not depend on how samples are divided.
    const whole = await other.run('sample', {}, { size: 9, seed: 4, draw: 2 })
    expectNear(whole.output!, expected.sample!)
    cpu.dispose()
    other.dispose()
  })
})
