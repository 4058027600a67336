import { expectError } from '@sandglass/testing'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { z } from 'zod'
import {
  type Attachments,
  autoencoder,
  core,
  createRegistry,
  type Dataset,
  define,
  definePlugin,
  dense,
  fitSampler,
  type HostTensor,
  sample,
  sizeOf,
  standardNormal,
  type TrainedModel,
} from './index'

/** Draws from the codes that it was fitted to. */
const bootstrap = define('sampler', {
  type: 'test/bootstrap',
  description: 'codes of data again',
  schema: z.strictObject({ rounds: z.int().default(2) }),
  build: ({ rounds }) => ({
    fit: async ({ codes, progress }) => {
      for (let round = 1; round <= rounds; round++) progress(round, rounds)
      return { codes }
    },
    sample: ({ tensors: { codes }, size, shape, streams, draw }) => {
      const width = sizeOf(shape)
      const at = streams.at('which', draw).uniform(new Float32Array(size), 0, codes!.shape[0]!)
      const data = Float32Array.from({ length: size * width }, (_, i) => {
        return codes!.data[Math.floor(at[Math.floor(i / width)]!) * width + (i % width)]!
      })
      return { shape: [size, ...shape], data }
    },
  }),
})

const registry = createRegistry([
  core,
  definePlugin({ name: 'test', version: '1.0.0', apiVersion: 1, definitions: [bootstrap] }),
])
const model = registry.build(
  'model',
  autoencoder({ encoder: [dense({ units: 2 })], decoder: [dense({ units: 3 })] }),
  {
    registry,
    fields: { input: [3] },
  },
)
const codes: HostTensor = { shape: [4, 2], data: Float32Array.of(0, 1, 2, 3, 4, 5, 6, 7) }
const data = { name: 'four' } as Dataset

/** A model whose codes are known, and whose decoder gives the codes back. */
function trainedModel(): TrainedModel {
  let attachments: Attachments = {}
  return {
    model,
    get attachments() {
      return attachments
    },
    apply: async (_: string, given: unknown) => (given === data ? codes : given),
    decode: async (given: unknown) => given,
    attach: (name: string, attachment: Attachments[string]) => {
      attachments = { ...attachments, [name]: attachment }
    },
  } as unknown as TrainedModel
}

test('a sampler that needs no fitting: the same for a seed and draw, whatever the number', async () => {
  const trained = trainedModel()
  await fc.assert(
    fc.asyncProperty(
      fc.nat(),
      fc.nat({ max: 9 }),
      fc.integer({ min: 1, max: 9 }),
      async (seed, draw, size) => {
        const all = await sample(trained, { sampler: standardNormal(), size: 10, seed, draw })
        const few = await sample(trained, { sampler: 'standardNormal', size, seed, draw })
        expect(few).toEqual({ shape: [size, 2], data: all.data.subarray(0, 2 * size) })
      },
    ),
  )
  const many = Array.from((await sample(trained, { sampler: standardNormal(), size: 20_000 })).data)
  const mean = many.reduce((sum, x) => sum + x, 0) / many.length
  const variance = many.reduce((sum, x) => sum + (x - mean) ** 2, 0) / many.length
  // Four standard errors of 40,000 numbers.
  expect(Math.abs(mean)).toBeLessThan(4 / 200)
  expect(Math.abs(variance - 1)).toBeLessThan((4 * Math.SQRT2) / 200)
})

test('a sampler is fitted to codes, attached, and then found', async () => {
  const trained = trainedModel()
  const work = fitSampler(trained, { type: 'test/bootstrap' }, { data })
  const seen: number[] = []
  for await (const { done } of work) seen.push(done)
  expect(seen).toEqual([1, 2])
  expect(await work).toEqual({
    kind: 'sampler',
    spec: { type: 'test/bootstrap', rounds: 2 },
    tensors: { codes },
  })
  const { data: drawn } = await sample(trained, { size: 50 })
  for (let i = 0; i < drawn.length; i += 2) expect([0, 2, 4, 6]).toContain(drawn[i])
  expect(new Set(drawn).size).toBe(8)
})

test('what is missing is said', async () => {
  const trained = trainedModel()
  await expectError(() => sample(trained, { size: 1 }), {
    code: 'spec',
    message: /^the model has no sampler "sampler"\. Got no attachments\. Fit one to data: fitSampler/,
  })
  await expectError(() => sample(trained, { size: 1, sampler: { type: 'test/bootstrap' } }), {
    code: 'spec',
    message: /^the sampler test\/bootstrap has not been fitted\. Fit it to data first/,
  })
  await expectError(() => sample(trained, { size: 0, sampler: 'standardNormal' }), {
    code: 'spec',
    message: /^the number of samples is not usable\. Got size 0/,
  })
  const stopped = new AbortController()
  stopped.abort(new Error('enough'))
  const work = fitSampler(trained, { type: 'test/bootstrap' }, { data, signal: stopped.signal })
  await expect(work).rejects.toThrow('enough')
  expect(trained.attachments).toEqual({})
})
