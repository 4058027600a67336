import { expectError } from '@sandglass/testing'
import { expect, test } from 'vitest'
import { z } from 'zod'
import {
  autoencoder,
  core,
  createRegistry,
  createStreams,
  define,
  definePlugin,
  dense,
  initialWeights,
} from './index'

const registry = createRegistry([core])
const spec = (units: number) =>
  autoencoder({ encoder: [dense({ units })], decoder: [dense({ units: 6 })], loss: 'binaryCrossentropy' })
const build = (units: number, from = registry) =>
  from.build('model', spec(units), { registry: from, fields: { input: [6] } })

test('every declared weight is there, of its shape, from its initializer', () => {
  const model = build(4)
  const weights = initialWeights(model, 1)
  expect(Object.keys(weights)).toEqual(Object.keys(model.weights))
  for (const [name, { shape, data }] of Object.entries(weights)) {
    expect(shape).toEqual(model.weights[name]!.shape)
    expect(data).toEqual(model.weights[name]!.initializer(shape, createStreams(1).at(`weights/${name}`)))
  }
  const kernel = weights['encoder/0/kernel']!.data
  expect(new Set(kernel).size).toBe(24)
  expect(Math.max(...kernel.map(Math.abs))).toBeLessThanOrEqual(Math.sqrt(6 / 10))
  expect([...weights['encoder/0/bias']!.data]).toEqual([0, 0, 0, 0])
})

test('the seed decides, and weights of the same shape differ', () => {
  expect(initialWeights(build(4), 1)).toEqual(initialWeights(build(4), 1))
  expect(initialWeights(build(4), 2)['encoder/0/kernel']).not.toEqual(
    initialWeights(build(4), 1)['encoder/0/kernel'],
  )
  const square = initialWeights(build(6), 1)
  expect(square['encoder/0/kernel']!.data).not.toEqual(square['decoder/0/kernel']!.data)
})

test('an initializer that makes too few values is caught', () => {
  const short = define('initializer', {
    type: 'acme/short',
    description: 'one value only',
    schema: z.strictObject({}),
    build: () => () => new Float32Array(1),
  })
  const acme = definePlugin({ name: 'acme', version: '1.0.0', apiVersion: 1, definitions: [short] })
  const both = createRegistry([core, acme])
  const model = both.build(
    'model',
    autoencoder({
      encoder: [dense({ units: 4, kernelInitializer: { type: 'acme/short' } })],
      decoder: [dense({ units: 6 })],
      loss: 'binaryCrossentropy',
    }),
    { registry: both, fields: { input: [6] } },
  )
  expectError(() => initialWeights(model, 1), {
    code: 'shape',
    message:
      /^the initializer of "encoder\/0\/kernel" made a weight of the wrong size\. Got 1 values; expected 24 for \[6, 4\]/,
  })
})
