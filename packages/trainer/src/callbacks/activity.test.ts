import { autoencoder, dense, type HostRecord, initialWeights, range, readField } from '@sandglass/core'
import { expectError } from '@sandglass/testing'
import { expect, test } from 'vitest'
import { unitActivity } from '../activity/unit-activity'
import { decodeCheckpoint, encodeCheckpoint } from '../checkpoint/checkpoint'
import { fit } from '../fit/fit'
import type { FitOptions } from '../fit/options'
import { sgd } from '../optimizers/index'
import { cpu, registry, uniformData } from '../testing/fixture'
import { activity, activityRecords, type Callback } from './index'

const model = autoencoder({
  encoder: [
    dense({
      units: 4,
      activation: 'relu',
      activityRegularizer: { type: 'test/squares', weight: 0.01 },
    }),
  ],
  decoder: [dense({ units: 6, activation: 'sigmoid' })],
})
const data = uniformData(40)
const options: FitOptions = {
  registry,
  backend: cpu,
  optimizer: sgd({ learningRate: 0.5 }),
  epochs: 4,
  batchSize: 5,
  validation: 0.25,
  callbacks: ['activity'],
}

test('records the means of every unit after every epoch, on the validation data', async () => {
  const inputs = readField(data, 'input').data.slice(30 * 6)
  const seen: Float64Array[] = []
  const spy: Callback = {
    name: 'spy',
    onEpoch: async (_, run) => {
      const { data: kernel } = (await run.weights())['encoder/0/kernel']!
      const { data: bias } = (await run.weights())['encoder/0/bias']!
      seen.push(
        Float64Array.from({ length: 4 }, (_, unit) => {
          let sum = 0
          for (let i = 0; i < 10; i++) {
            let z = bias[unit]!
            for (let j = 0; j < 6; j++) z += inputs[6 * i + j]! * kernel[4 * j + unit]!
            sum += Math.max(0, z)
          }
          return sum / 10
        }),
      )
    },
  }
  const result = await fit(model, data, { ...options, callbacks: [activity({ batchSize: 3 }), spy] })
  const [record] = activityRecords(result.checkpoint)
  expect(record).toMatchObject({ path: 'encoder/0', activation: 'relu', units: 4, epochs: [1, 2, 3, 4] })
  for (const [epoch, means] of seen.entries())
    for (const [unit, value] of means.entries()) expect(record!.means[4 * epoch + unit]).toBeCloseTo(value, 5)

  const [last] = await unitActivity(result.model, data.select(range(30, data.size)), { backend: cpu })
  for (let unit = 0; unit < 4; unit++) expect(record!.means[12 + unit]).toBeCloseTo(last!.means[unit]!, 6)
  expect(record!.dead[3]).toBe(last!.dead.length)
  result.model.dispose()
})

test('counts units that are provably dead', async () => {
  const built = registry.build('model', model, { registry, fields: { input: [6] } })
  const initial: HostRecord = {
    ...initialWeights(built, 1),
    // Inputs are in [0, 1) and kernels below 1: no sum of six reaches 10. A dead unit has no gradient and stays so.
    'encoder/0/bias': { shape: [4], data: Float32Array.of(1, -10, 1, -10) },
  }
  const result = await fit(model, data, { ...options, initialWeights: initial })
  expect(activityRecords(result.checkpoint)[0]!.dead).toEqual([2, 2, 2, 2])
  const [layer] = await unitActivity(result.model, data, { backend: cpu })
  expect(layer!.dead).toEqual([1, 3])
  expect([layer!.means[1], layer!.frequencies[3]]).toEqual([0, 0])
  result.model.dispose()
})

test('a resumed run has the record of one that was never stopped, also through a file', async () => {
  const whole = await fit(model, data, options)
  const first = await fit(model, data, { ...options, epochs: 2 })
  expect(activityRecords(first.checkpoint)[0]!.epochs).toEqual([1, 2])
  const resumeFrom = decodeCheckpoint(encodeCheckpoint(first.checkpoint))
  const second = await fit(model, data, { ...options, resumeFrom })
  expect(activityRecords(second.checkpoint)).toEqual(activityRecords(whole.checkpoint))
  expect(second.history).toEqual(whole.history)
  for (const { model: each } of [whole, first, second]) each.dispose()
})

test('several of them look at several layers; without validation at the training data', async () => {
  const { checkpoint, model: trained } = await fit(model, data, {
    ...options,
    epochs: 1,
    validation: undefined,
    callbacks: [activity({ layers: ['encoder/0'] }), activity({ layers: ['decoder/0'], samples: 7 })],
  })
  expect(activityRecords(checkpoint).map(({ path }) => path)).toEqual(['encoder/0'])
  expect(activityRecords(checkpoint, 'activity2').map(({ path }) => path)).toEqual(['decoder/0'])
  const [exact] = await unitActivity(trained, data, { backend: cpu })
  expect(activityRecords(checkpoint)[0]!.means[0]).toBeCloseTo(exact!.means[0]!, 6)
  expect(activityRecords(checkpoint, 'none')).toEqual([])
  trained.dispose()
})

test('a malformed record and an unknown layer are errors', async () => {
  const { checkpoint, model: trained } = await fit(model, data, { ...options, epochs: 1 })
  trained.dispose()
  const { json } = checkpoint.callbacks.activity!
  const spoilt = { ...checkpoint, callbacks: { activity: { json, tensors: {} } } }
  await expectError(() => activityRecords(spoilt), {
    code: 'file',
    message: /^the checkpoint holds a malformed state of activity\. Got \[\{/,
  })
  await expectError(
    () => fit(model, data, { ...options, callbacks: [activity({ layers: ['encoder/7'] })] }),
    {
      code: 'spec',
      message: /^the model has no layer "encoder\/7"\. Expected some of encoder\/0, decoder\/0\.$/,
    },
  )
})
