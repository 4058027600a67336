import { expectError } from '@sandglass/testing'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Attachments } from '../attachment'
import { autoencoder, core, createRegistry, dense, initialWeights } from '../index'
import { encodeDocument } from './document'
import { decodeModel, encodeModel, inspectModel } from './model-file'

const registry = createRegistry([core])
const spec = autoencoder({ encoder: [dense({ units: 1 })], decoder: [dense({ units: 2 })] })
const model = registry.build('model', spec, { registry, fields: { input: [2] } })
const weights = initialWeights(model, 1)

const attachments: Attachments = {
  scaler: { kind: 'scaler', spec: { type: 'standardise', mean: [0.1, 1e300] } as never, tensors: {} },
  'acme/mixture': {
    kind: 'sampler',
    spec: { type: 'acme/mixture' },
    tensors: {
      'a/means': { shape: [2, 1], data: Float32Array.of(1, -0) },
      sizes: { shape: [2], data: Int32Array.of(3, 4) },
    },
    plugin: { name: '@acme/mixture', version: '2.0.1' },
  },
}

test('come back as they were, twice, without the plugin that gives them meaning', () => {
  const bytes = encodeModel({ model, weights, attachments })
  const found = decodeModel(bytes, registry)
  expect(found.attachments).toEqual(attachments)
  expect(found.weights).toEqual(weights)
  expect(encodeModel(found)).toEqual(bytes)
})

test('the provider of a type that the registry knows is written with its version', () => {
  const known: Attachments = { shape: { kind: 'layer', spec: dense({ units: 1 }), tensors: {} } }
  const { attachments: found } = inspectModel(encodeModel({ model, weights, attachments: known }))
  expect(found.shape!.plugin).toEqual({ name: core.name, version: core.version })
})

test('any names of attachments and tensors are kept apart', () => {
  const name = fc.stringMatching(/^[a-z%/2F]{1,6}$/)
  const tensors = fc.dictionary(
    name,
    fc.float({ noNaN: true }).map((x) => ({ shape: [1], data: Float32Array.of(x) })),
  )
  fc.assert(
    fc.property(fc.dictionary(name, tensors), (all) => {
      const given = Object.fromEntries(
        Object.entries(all).map(([key, own]) => [
          key,
          { kind: 'k', spec: { type: 't' }, tensors: { ...own } },
        ]),
      )
      expect(decodeModel(encodeModel({ model, weights, attachments: given }), registry).attachments).toEqual(
        given,
      )
    }),
  )
})

test('a tensor of no attachment is refused', () => {
  const { fields } = model
  const json = { spec, fields, plugins: [], attachments: {}, extras: {} } as never
  const tensors = { ...weights, 'attachments/x/y': { shape: [1], data: Float32Array.of(1) } }
  expectError(() => inspectModel(encodeDocument({ kind: 'model', version: 1, json, tensors }), 'm'), {
    code: 'file',
    message: /^m is malformed\. Got the tensor attachments\/x\/y; expected tensors of no attachments/,
  })
})
