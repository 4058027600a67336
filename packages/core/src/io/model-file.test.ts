import { readFileSync } from 'node:fs'
import { expectError } from '@sandglass/testing'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import {
  autoencoder,
  core,
  createRegistry,
  define,
  definePlugin,
  dense,
  flatten,
  initialWeights,
  reshape,
} from '../index'
import type { Json, Spec } from '../spec'
import type { HostRecord } from '../tensors'
import { encodeDocument } from './document'
import { decodeModel, encodeModel, inspectModel } from './model-file'
import { writeSafetensors } from './safetensors'

const registry = createRegistry([core])
const spec = autoencoder({
  encoder: [flatten(), dense({ units: 3, activation: 'selu' })],
  decoder: [dense({ units: 4, activation: 'sigmoid' }), reshape({ shape: [2, 2] })],
  loss: 'binaryCrossentropy',
})
const build = (value: Spec = spec, from = registry) =>
  from.build('model', value, { registry: from, fields: { input: [2, 2], label: [] } })
const model = build()
const weights = initialWeights(model, 42)
const extras = { scaler: { mean: [0.1, 0.2], deviation: [1, 2] }, 'made of': 'größe 🏺' }
const bytes = encodeModel({ model, weights, extras })

const shout = define('activation', {
  type: 'acme/shout',
  description: 'the identity, louder',
  schema: z.strictObject({}),
  build: () => ({ apply: (x) => x }),
})
const acme = definePlugin({
  name: '@acme/sandglass-shout',
  version: '1.2.0',
  apiVersion: 1,
  definitions: [shout],
})

describe('round trip', () => {
  test('values of controls come back; those that the model does not declare are refused', () => {
    const controlled = define('model', {
      type: 'acme/controlled',
      description: 'a model with a control',
      schema: z.strictObject({}),
      build: (own, site) => ({ ...build(spec, site.registry), spec: own, controls: { beta: 1 } }),
    })
    const plugin = definePlugin({ name: 'c', version: '1.0.0', apiVersion: 1, definitions: [controlled] })
    const from = createRegistry([core, plugin])
    const saved = encodeModel({ model: build(controlled(), from), weights, controls: { beta: 0.1 + 0.2 } })
    expect(decodeModel(saved, from).controls).toEqual({ beta: 0.1 + 0.2 })
    expect(inspectModel(saved).controls).toEqual({ beta: 0.1 + 0.2 })
    expectError(() => encodeModel({ model, weights, controls: { beta: 1 } }), {
      code: 'spec',
      message: /the model has no control "beta"/,
    })
    const renamed = { ...inspectModel(saved), controls: { bta: 1 } }
    const { spec: kept, fields, plugins, attachments, controls, extras: also } = renamed
    const json = { spec: kept, fields, plugins, controls, attachments, extras: also } as unknown as Json
    const file = encodeDocument({ kind: 'model', version: 1, json, tensors: weights })
    expectError(() => decodeModel(file, from, 'a.safetensors'), {
      code: 'file',
      message:
        /^a\.safetensors does not fit its own model\. Got a value of the control "bta"; expected controls named beta\.$/,
    })
  })

  test('model, weights and extras come back', () => {
    const found = decodeModel(bytes, createRegistry([core]))
    expect(found.model.spec).toEqual(model.spec)
    expect(found.model.fields).toEqual(model.fields)
    expect(found.model.weights).toMatchObject(
      Object.fromEntries(Object.entries(model.weights).map(([name, { shape }]) => [name, { shape }])),
    )
    expect(found.weights).toEqual(weights)
    expect(found.extras).toEqual(extras)
    expect(encodeModel(found)).toEqual(bytes)
  })

  test('weights come in the order of the model, whatever theirs', () => {
    const reversed = Object.fromEntries(Object.entries(weights).reverse())
    expect(Object.keys(decodeModel(encodeModel({ model, weights: reversed }), registry).weights)).toEqual(
      Object.keys(model.weights),
    )
  })

  test('without extras there is an empty object', () => {
    expect(decodeModel(encodeModel({ model, weights }), registry).extras).toEqual({})
  })

  test('the plugins used are named, with what is used of them, and no others', () => {
    const both = createRegistry([core, acme])
    expect(
      inspectModel(encodeModel({ model: build(spec, both), weights })).plugins.map((p) => p.name),
    ).toEqual(['@sandglass/core'])
    const [own] = inspectModel(bytes).plugins
    expect(own).toMatchObject({ name: '@sandglass/core', version: core.version })
    expect([...own!.types].sort()).toEqual([
      'activation/selu',
      'activation/sigmoid',
      'initializer/glorotUniform',
      'initializer/zeros',
      'layer/dense',
      'layer/flatten',
      'layer/reshape',
      'loss/binaryCrossentropy',
      'model/autoencoder',
    ])
  })

  test('a file can be inspected without the plugins that it needs', () => {
    const loud = build(withShout(), createRegistry([core, acme]))
    const contents = inspectModel(encodeModel({ model: loud, weights, extras }))
    expect(contents).toMatchObject({
      version: 1,
      spec: { type: 'autoencoder' },
      fields: { input: [2, 2], label: [] },
      extras,
    })
    expect(contents.plugins[1]).toEqual({
      name: '@acme/sandglass-shout',
      version: '1.2.0',
      types: ['activation/acme/shout'],
    })
  })
})

function withShout(): Spec {
  return autoencoder({
    ...spec,
    encoder: [flatten(), dense({ units: 3, activation: { type: 'acme/shout' } })],
  })
}

describe('refused', () => {
  const file = encodeModel({ model: build(withShout(), createRegistry([core, acme])), weights })

  test('a missing plugin, saying which and with which version the file was made', () => {
    expectError(() => decodeModel(file, registry, 'loud.safetensors'), {
      code: 'plugin',
      message:
        /^loud\.safetensors needs the plugin @acme\/sandglass-shout for activation\/acme\/shout\. Got no plugin of this name; expected @acme\/sandglass-shout 1\.2\.0, with which the file was made\. Install it with npm install @acme\/sandglass-shout\. Add @acme\/sandglass-shout to createRegistry\(\[\.\.\.\]\)\.$/,
    })
  })

  test('another version of the plugin that lacks the type', () => {
    const older = definePlugin({ ...acme, version: '0.9.0', definitions: [] })
    expectError(() => decodeModel(file, createRegistry([core, older])), {
      code: 'plugin',
      message:
        /Got @acme\/sandglass-shout 0\.9\.0, which lacks it; expected .* 1\.2\.0.*Update it: npm install @acme\/sandglass-shout@1\.2\.0/,
    })
  })

  test('weights of another model, when saving', () => {
    const { 'encoder/1/bias': _, ...fewer } = weights
    expectError(() => encodeModel({ model, weights: fewer }), {
      code: 'data',
      message: /^the model cannot be saved: weights are missing\. Got no encoder\/1\/bias/,
    })
  })

  test('extras that JSON cannot keep, when saving', () => {
    expectError(() => encodeModel({ model, weights, extras: { threshold: Number.NaN } }), {
      code: 'data',
      message: /^model\.extras\.threshold cannot be written as JSON\. Got NaN/,
    })
  })

  const { version: _, weights: __, ...contents } = inspectModel(bytes)
  const write = (change: object, tensors: HostRecord = weights, version = 1) =>
    encodeDocument({ kind: 'model', version, json: { ...contents, ...change } as unknown as Json, tensors })
  const flat = (shape: number[]) => ({ shape, data: new Float32Array(shape.reduce((a, b) => a * b, 1)) })

  test.each<[string, Uint8Array, RegExp]>([
    [
      'a newer format',
      write({}, weights, 2),
      /^m has a format that this version cannot read\. Got model format 2; expected format 1/,
    ],
    [
      'a missing weight',
      write({}, {}),
      /^m does not fit its own model: weights are missing\. Got no encoder\/1\/kernel, /,
    ],
    [
      'a surplus weight',
      write({}, { ...weights, x: flat([1]) }),
      /weights that the model does not have\. Got x/,
    ],
    [
      'a weight of another shape',
      write({}, { ...weights, 'encoder/1/bias': flat([4]) }),
      /the weight "encoder\/1\/bias" does not fit\. Got float32 of \[4\]; expected float32 of \[3\]/,
    ],
    [
      'another spec than the weights are for',
      write({ fields: { input: [3, 3] } }),
      /^m describes a model that cannot be built\. Got .*\[2, 2\]/,
    ],
    [
      'a spec with an unknown option',
      write({ spec: { ...contents.spec, encodr: [] } }),
      /cannot be built\. Got .*unknown option "encodr".*use the plugin versions that the file names/,
    ],
    [
      'a spec of no type',
      write({ spec: {} }),
      /^m is malformed\. Got a description with a wrong spec\.type; expected spec, fields, plugins, controls, attachments and extras/,
    ],
    ['no spec', write({ spec: 1 }), /wrong spec;/],
    ['fields in words', write({ fields: { input: 'big' } }), /wrong fields\.input;/],
    ['negative fields', write({ fields: { input: [-1] } }), /wrong fields\.input\.0;/],
    ['plugins without names', write({ plugins: [{}] }), /wrong plugins\.0\.name;/],
    ['an unknown entry', write({ more: 1 }), /wrong form;/],
    [
      'a checkpoint',
      encodeDocument({ kind: 'checkpoint', version: 1, json: {}, tensors: {} }),
      /Got a checkpoint; expected a model/,
    ],
  ])('%s', (_, hostile, message) => {
    expectError(() => decodeModel(hostile, registry, 'm'), { code: 'file', message })
  })

  test('5,000 mutated descriptions: a typed error or a model, and nothing else', () => {
    let state = 1
    const random = (n: number) => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0
      return Math.floor((state / 2 ** 32) * n)
    }
    const oddities: Json[] = [
      null,
      -1,
      0,
      1.5,
      2 ** 53,
      '',
      'dense',
      'constructor',
      [],
      {},
      [[]],
      { type: 'dense' },
      true,
    ]
    const before = Object.getOwnPropertyNames(Object.prototype).join()
    let built = 0
    for (let run = 0; run < 5000; run++) {
      const json = structuredClone(contents) as unknown as Json
      mutate(json as Record<string, unknown>)
      try {
        const metadata = {
          'sandglass.kind': 'model',
          'sandglass.version': '1',
          'sandglass.json': JSON.stringify(json),
        }
        decodeModel(writeSafetensors(weights, metadata), registry)
        built++
      } catch (error) {
        expect(['file', 'plugin']).toContain((error as { code?: string }).code)
      }
    }
    expect(built).toBeGreaterThan(50)
    expect(built).toBeLessThan(4000)
    expect(Object.getOwnPropertyNames(Object.prototype).join()).toBe(before)

    function mutate(node: Record<string, unknown>): void {
      const keys = Object.keys(node)
      const key = keys[random(keys.length)] ?? 'new'
      const child = node[key]
      if (typeof child === 'object' && child !== null && random(5)) mutate(child as Record<string, unknown>)
      else if (random(4)) node[key] = structuredClone(oddities[random(oddities.length)])
      else delete node[key]
    }
  })
})

describe('the first format', () => {
  const read = (name: string) => readFileSync(new URL(`fixtures/${name}`, import.meta.url))

  // Made once with version 1 of the format and never again: files of users must stay readable for ever.
  test('stays readable for ever', () => {
    const found = decodeModel(read('model-v1.safetensors'), registry)
    const expected = JSON.parse(read('model-v1.json').toString())
    expect(
      Object.fromEntries(
        Object.entries(found.weights).map(([name, { shape, data }]) => [name, { shape, data: [...data] }]),
      ),
    ).toEqual(expected.weights)
    expect(found.extras).toEqual(expected.extras)
    expect(found.model.fields).toEqual({ input: [2, 2] })
    expect(found.model.spec).toMatchObject(expected.spec)
    expect(encodeModel(found).length).toBeGreaterThan(0)
  })
})
