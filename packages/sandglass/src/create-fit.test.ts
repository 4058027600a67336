import { expectError } from '@sandglass/testing'
import { expect, test } from 'vitest'
import {
  autoencoder,
  type BackendChoice,
  blobs,
  decodeModel,
  defaultRegistry,
  dense,
  fit,
  fitGreedy,
  open,
  sgd,
  split,
} from './node/index'

const data = split(blobs({ size: 60, features: 3, seed: 1 }), { train: 50, test: 10 })
const model = autoencoder({
  encoder: [dense({ units: 2, activation: 'selu' })],
  decoder: [dense({ units: 3 })],
})
const options = { optimizer: sgd({ learningRate: 0.001 }), epochs: 2, batchSize: 10, seed: 7, backend: 'cpu' }

test('fit trains with the default registry, and open brings the model back from its file', async () => {
  const run = await fit(model, data, options)
  expect(run.backend.id).toBe('cpu')
  expect(run.history).toHaveLength(2)
  const codes = await run.model.encode(data.test)
  expect(codes.shape).toEqual([10, 2])

  const opened = await open(decodeModel(await run.model.save(), defaultRegistry()), { backend: 'cpu' })
  expect(await opened.encode(data.test)).toEqual(codes)
  run.model.dispose()
  opened.dispose()
})

test('fitGreedy trains stages with the default registry, and needs options', async () => {
  const { model: trained, stages } = await fitGreedy(model, data, options)
  expect(stages).toHaveLength(1)
  expect(trained.backend.id).toBe('cpu')
  trained.dispose()
  await expectError(() => fitGreedy(model, data, undefined as never), {
    code: 'spec',
    message: /^fitGreedy needs options\. Got undefined/,
  })
})

test('unless told otherwise the backend is chosen, and onBackend hears of it', async () => {
  const choices: BackendChoice[] = []
  const run = await fit(model, data, {
    ...options,
    backend: undefined,
    epochs: 1,
    onBackend: (choice) => choices.push(choice),
  })
  expect(choices.map(({ id }) => id)).toEqual([run.backend.id])
  run.model.dispose()
  const named = await fit(model, data, { ...options, epochs: 1, onBackend: (choice) => choices.push(choice) })
  expect(choices.at(-1)).toMatchObject({ id: 'cpu', why: 'as asked' })
  named.model.dispose()
})

test('an unknown backend is an error with the nearest name', async () => {
  await expectError(() => fit(model, data, { ...options, backend: 'wsam' }), {
    code: 'spec',
    message: /Did you mean "wasm"\?/,
  })
})

test('fit without options says what it needs', async () => {
  await expectError(() => fit(model, data, undefined as never), {
    code: 'spec',
    message: /fit needs options/,
  })
})
