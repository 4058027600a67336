import {
  autoencoder,
  createDataset,
  decodeModel,
  dense,
  type HostTensor,
  joinFields,
  lstm,
  readField,
  repeatVector,
  type TrainedModel,
  timeDistributed,
} from '@sandglass/core'
import { expectError } from '@sandglass/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { fit } from '../fit/fit'
import { cpu, noisyModel, registry, uniformData } from '../testing/fixture'
import { openModel } from './trained-model'

const data = uniformData(7)
const input = readField(data, 'input')
let model: TrainedModel

beforeAll(async () => {
  const options = { registry, backend: cpu, optimizer: 'adam', epochs: 1, batchSize: 4 } as const
  model = (await fit(noisyModel, data, options)).model
})

afterAll(() => model.dispose())

test('reconstruct is encode then decode, whatever the batches and the form of the samples', async () => {
  const code = await model.encode(input, { batchSize: 3 })
  expect(code.shape).toEqual([7, 3])
  const output = await model.decode(code)
  expect(output.shape).toEqual([7, 6])
  const rows = Array.from({ length: 7 }, (_, i) => Array.from(input.data.subarray(i * 6, i * 6 + 6)))
  const bytes = createDataset('bytes', {
    input: { shape: [6], data: Uint8Array.from(input.data, (x) => Math.round(x * 255)), scale: 1 / 255 },
  })
  const tensor: HostTensor = { shape: [7, 6], data: input.data }
  for (const samples of [data, tensor, input.data, rows])
    for (const batchSize of [1, 2, 7, 100])
      expect(await model.reconstruct(samples, { batchSize })).toEqual(output)
  const scaled = await model.reconstruct(bytes)
  for (const [i, value] of scaled.data.entries()) expect(value).toBeCloseTo(output.data[i]!, 2)
  expect(await model.run('encode', { input })).toEqual({ code })
  // A view of the data gives its samples, in its order.
  const [last, first] = [6, 0].map((row) => code.data.subarray(3 * row, 3 * row + 3))
  expect((await model.encode(data.select([6, 0]))).data).toEqual(Float32Array.of(...last!, ...first!))
})

test('of a dataset a function takes the fields that are named as its inputs', async () => {
  const labelled = joinFields(
    data,
    createDataset('labels', { label: { shape: [], data: new Int32Array(7) } }),
  )
  expect(await model.encode(labelled)).toEqual(await model.encode(input))
  expect(await model.run('reconstruct', labelled)).toEqual({ output: await model.reconstruct(input) })
  await expectError(
    () => model.encode(createDataset('labels', { label: { shape: [], data: new Int32Array(7) } })),
    {
      code: 'spec',
      message: /^the inputs of "encode" are not those of the model\. Got none; expected input\.$/,
    },
  )

  const steps = { shape: [4, 1], data: Float32Array.of(1, 2, 9, 9, 1, 2, -9, 0) }
  const mask = { shape: [4], data: Uint8Array.of(1, 1, 0, 0, 1, 1, 0, 0) }
  const sequences = createDataset('test', { input: steps, mask })
  const spec = autoencoder({
    encoder: [lstm({ units: 3 })],
    decoder: [
      repeatVector({ n: 4 }),
      lstm({ units: 3, returnSequences: true }),
      timeDistributed({ layer: dense({ units: 1 }) }),
    ],
  })
  const { model: masked } = await fit(spec, sequences, {
    registry,
    backend: cpu,
    optimizer: 'adam',
    epochs: 1,
    batchSize: 2,
  })
  const code = await masked.encode(sequences)
  expect(code).toEqual((await masked.run('encode', { input: steps.data, mask: mask.data })).code)
  // What padding holds does not count: the mask was heeded.
  expect(code.data.subarray(0, 3)).toEqual(code.data.subarray(3))
  await expectError(() => masked.encode(steps.data), {
    code: 'spec',
    message:
      /^"encode" has several inputs: input, mask\. Give a dataset .* or call run\('encode', \{ input, mask \}\)\.$/,
  })
  masked.dispose()
})

test('apply runs any function of one input', async () => {
  await expectError(() => model.apply('classify', input), {
    code: 'spec',
    message: /no function "classify"\. Expected encode, decode, reconstruct/,
  })
  expect(await model.apply('encode', data)).toEqual(await model.encode(input))
})

test('saved and opened again it gives the same', async () => {
  const file = decodeModel(await model.save({ note: 'hello' }), registry)
  expect(file.extras).toEqual({ note: 'hello' })
  const again = await openModel(file, { backend: cpu, metrics: ['roundedAccuracy'] })
  expect(again.extras).toEqual({ note: 'hello' })
  expect(decodeModel(await again.save(), registry).extras).toEqual({ note: 'hello' })
  expect(await again.weights()).toEqual(await model.weights())
  expect(await again.reconstruct(input)).toEqual(await model.reconstruct(input))
  const { roundedAccuracy, ...rest } = await again.evaluate(data)
  expect(rest).toEqual(await model.evaluate(data))
  expect(roundedAccuracy).toBeGreaterThanOrEqual(0)
  again.dispose()
  await expectError(() => again.encode(input), { code: 'backend', message: /disposed/ })
})

test.each([
  [
    'another width',
    { shape: [5], data: new Float32Array(10) },
    /does not fit the model\. Got 10 numbers of shape \[5\]; expected samples of shape \[6\]/,
  ],
  [
    'half a sample',
    new Float32Array(9),
    /not made of whole samples\. Got 9 numbers; expected a multiple of 6/,
  ],
  ['no samples', new Float32Array(0), /not made of whole samples\. Got 0 numbers/],
  [
    'a sample that is not in a batch',
    [1, 2, 3, 4, 5, 6],
    /Got number where 6 values should be; .*\[sample\]/,
  ],
  ['ragged rows', [[1, 2, 3, 4, 5, 6], [1]], /Got 1 values where 6 should be/],
  ['words', [['a', 'b', 'c', 'd', 'e', 'f']] as never, /Got string where a number should be/],
] as const)('refuses %s', async (_, samples, message) => {
  await expectError(() => model.encode(samples), { code: 'shape', message })
})

test('refuses unknown functions, inputs and batch sizes', async () => {
  await expectError(() => model.run('sample', {}), {
    code: 'spec',
    message: /^the model has no function "sample"\. Expected encode, decode, reconstruct\.$/,
  })
  await expectError(() => model.run('encode', { x: input }), {
    code: 'spec',
    message: /^the inputs of "encode" are not those of the model\. Got x; expected input\.$/,
  })
  await expectError(() => model.encode(input, { batchSize: 0 }), {
    code: 'spec',
    message: /^batchSize is not usable\. Got 0/,
  })
  const other = createDataset('test', { input: { shape: [5], data: new Float32Array(5) } })
  await expectError(() => model.encode(other), {
    code: 'shape',
    message:
      /^the input "input" of "encode" does not fit the model\. Got samples of shape \[5\] in the data "test"; expected/,
  })
  await expectError(() => model.evaluate(other), {
    code: 'shape',
    message: /"input" of the data "test" does not fit the model/,
  })
})
