import '@tensorflow/tfjs-backend-cpu'
import { type Dataset, sizeOf } from '@sandglass/core'
import { describe, expect, test } from 'vitest'
import {
  autoencoder,
  createStreams,
  dense,
  fit,
  fromArrays,
  lstm,
  repeatVector,
  timeDistributed,
} from '../index'

const STEPS = 5
const head = timeDistributed({ layer: dense({ units: 2 }) })
const specs = {
  'sequence to sequence': autoencoder({
    encoder: [lstm({ units: 3, returnSequences: true })],
    decoder: [lstm({ units: 3, returnSequences: true }), head],
  }),
  'through a vector': autoencoder({
    encoder: [lstm({ units: 3 })],
    decoder: [repeatVector({ n: STEPS }), lstm({ units: 3, returnSequences: true }), head],
    corruption: { type: 'gaussianNoise', stddev: 0.1 },
    encoderRegularizer: { type: 'contractive', weight: 0.1 },
  }),
}

/** Sequences of 1 to 5 steps, padded with `padding`. */
function sequences(padding: number): Dataset {
  const shape = [STEPS, 2]
  const values = createStreams(3)
    .at('sequences')
    .uniform(new Float32Array(12 * sizeOf(shape)))
  const lengths = Array.from({ length: 12 }, (_, i) => 1 + (i % STEPS))
  const mask = lengths.map((length) => Array.from({ length: STEPS }, (_, t) => Number(t < length)))
  const data = values.map((v, i) => (mask[Math.floor(i / 10)]![Math.floor((i % 10) / 2)] ? v : padding * v))
  return fromArrays({ input: { data, shape }, mask })
}

describe.each(['cpu', 'wasm', 'onnxruntime'])('on %s', (id) => {
  test.each(Object.entries(specs))(
    '%s: what padding holds changes neither a loss nor a weight, nor codes',
    async (_, spec) => {
      const of = async (padding: number) => {
        const data = sequences(padding)
        const run = await fit(spec, data, {
          optimizer: 'adam',
          epochs: 2,
          batchSize: 4,
          seed: 1,
          validation: data,
          metrics: ['meanAbsoluteError'],
          backend: id,
        })
        const code = await run.model.encode(data)
        const weights = await run.model.weights()
        run.model.dispose()
        return { history: run.history, weights, code }
      }
      const [plain, filled] = [await of(0), await of(1000)]
      expect(filled).toEqual(plain)
      expect(plain.history[1]!.loss).toBeLessThan(plain.history[0]!.loss!)
    },
  )
})
