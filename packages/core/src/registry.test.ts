import { expectError } from '@sandglass/testing'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { define, type LazyDefinition } from './definition'
import { definePlugin, type Plugin } from './plugin'
import { core } from './plugin-core'
import { createRegistry } from './registry'
import { activationSpec, lossSpec, regularizerSpec } from './schemas'
import type { Json } from './spec'

const plugin = (name: string, definitions: Plugin['definitions'], more: Partial<Plugin> = {}) =>
  definePlugin({ name, version: '1.2.3', apiVersion: 1, definitions, ...more })

const metric = (type: string, schema: z.ZodObject = z.strictObject({})) =>
  define('metric', {
    type,
    description: type,
    schema,
    build:
      () =>
      ({ target }) =>
        target,
  })

const registry = createRegistry([core])
const dense = { type: 'dense', units: 3 }

describe('plugins', () => {
  test('are listed with all that they define', () => {
    const own = createRegistry([core, plugin('acme', [metric('acme/one')])])
    expect(own.plugins.map((p) => p.name)).toEqual(['@sandglass/core', 'acme'])
    expect(own.list('metric').at(-1)).toEqual({
      kind: 'metric',
      type: 'acme/one',
      description: 'acme/one',
      plugin: { name: 'acme', version: '1.2.3' },
    })
    expect(own.list().length).toBe(core.definitions.length + 1)
    expect([own.has('metric', 'acme/one'), own.has('loss', 'acme/one')]).toEqual([true, false])
  })

  test('that define the same type are both named', () => {
    expectError(() => createRegistry([plugin('first', [metric('a/x')]), plugin('second', [metric('a/x')])]), {
      code: 'plugin',
      message:
        /^metric "a\/x" is defined twice\. Got definitions from first 1\.2\.3 and second 1\.2\.3; expected one definition per type\. Leave one of the plugins out/,
    })
  })

  test('may define the same type for another kind', () => {
    const loss = define('loss', {
      type: 'a/x',
      description: 'l',
      schema: z.strictObject({}),
      build:
        () =>
        ({ target }) =>
          target,
    })
    expect(createRegistry([plugin('first', [metric('a/x'), loss])]).list().length).toBe(2)
  })

  test('for another API version are refused', () => {
    expectError(() => createRegistry([plugin('old', [], { apiVersion: 0 })]), {
      code: 'plugin',
      message:
        /^plugin old 1\.2\.3 cannot be used\. Got a plugin for API version 0; expected API version 1\. Install a version of old that matches/,
    })
  })

  test('get what they require, or say what is missing', () => {
    const needy = plugin('needy', [], { requires: ['base', '@sandglass/core'] })
    expectError(() => createRegistry([core, needy]), {
      code: 'plugin',
      message:
        /^plugin needy needs other plugins\. Got no base\. Add base to createRegistry\(\[\.\.\.\]\)\.$/,
    })
    expect(() => createRegistry([needy, plugin('base', []), core])).not.toThrow()
  })

  test.each([
    [undefined, 'plugins come as a list. Got undefined; expected createRegistry([core, …]).'],
    [core, 'plugins come as a list. Got {"name":"@sandglass/core",'],
    [
      ['@acme/tv'],
      `a plugin is malformed. Got "@acme/tv"; expected what definePlugin({ name, version, apiVersion, definitions }) returns. Import it first: import plugin from '@acme/tv'.`,
    ],
    [
      [{ name: 'acme', version: '1', apiVersion: 1, definitions: [{ type: 'acme/x' }] }],
      'the plugin acme is malformed. Got {"type":"acme/x"} among its definitions; expected what define, defineLayer… return.',
    ],
  ])('of the wrong form are refused: %o', (plugins, message) => {
    expect(
      expectError(() => createRegistry(plugins as never), { code: 'plugin' }).message.startsWith(message),
    ).toBe(true)
  })

  test('cannot be changed once declared', () => {
    const one = plugin('one', [])
    expect(() => (one.definitions as unknown[]).push(1)).toThrow(TypeError)
  })
})

describe('unknown types', () => {
  test.each([
    [
      'layer',
      'Dense',
      /^layer: unknown layer type "Dense"\. Expected one of .*dense.*\. Did you mean "dense"\?$/,
    ],
    ['activation', 'sigmiod', /Did you mean "sigmoid"\?$/],
    ['loss', 'zzz', /^loss: unknown loss type "zzz"\. Expected one of binaryCrossentropy, .*\.$/],
    ['layer', 'acme/tv', /Add the plugin that provides "acme\/…" to createRegistry\(\[\.\.\.\]\)\.$/],
    [
      'regularizer',
      'zzz',
      /a registered regularizer, of which there are none\. Add @sandglass\/regularizers to createRegistry/,
    ],
    ['optimizer', 'adam', /Add @sandglass\/trainer to createRegistry\(\[\.\.\.\]\)\.$/],
  ] as const)('%s %s', (kind, type, message) => {
    expectError(() => registry.parse(kind, type), { code: 'spec', message })
    expectError(() => registry.parse(kind, { type }), { code: 'spec', message })
  })

  test.each([
    ['activation', 'swish', 'activation: unknown activation type "swish". Sandglass calls it "silu".'],
    ['loss', 'MSELoss', 'loss: unknown loss type "MSELoss". Sandglass calls it "meanSquaredError".'],
    ['metric', 'mae', 'metric: unknown metric type "mae". Sandglass calls it "meanAbsoluteError".'],
    [
      'metric',
      'accuracy',
      'metric: unknown metric type "accuracy". Sandglass calls it "binaryAccuracy", "categoricalAccuracy" or "sparseCategoricalAccuracy".',
    ],
    ['layer', 'nn.Linear', 'layer: unknown layer type "nn.Linear". Sandglass calls it "dense".'],
    [
      'initializer',
      'xavier_uniform_',
      'initializer: unknown initializer type "xavier_uniform_". Sandglass calls it "glorotUniform".',
    ],
  ] as const)('of elsewhere are translated: %s %s', (kind, type, message) => {
    expect(expectError(() => registry.parse(kind, type), { code: 'spec' }).message).toBe(message)
  })

  test.each([
    [
      'layer',
      'LeakyReLU',
      /\. "leakyRelu" is an activation: write \{ "type": "activation", "activation": "leakyRelu" \}\.$/,
    ],
    ['layer', 'swish', /\. "silu" is an activation: write /],
    ['model', 'dense', /\. "dense" is a layer, not a model\.$/],
    ['loss', 'accuracy', /\. "accuracy" is a metric, not a loss\.$/],
  ] as const)('of another kind are told: %s %s', (kind, type, message) => {
    expectError(() => registry.parse(kind, type), { code: 'spec', message })
  })

  test('say how plugins are added in the words of the place', () => {
    const howToAdd = (what: string, name = 'MODULE') => `Add ${what}: --plugin ${name}.`
    const own = createRegistry([core], { howToAdd })
    expectError(() => own.parse('layer', 'acme/tv'), {
      message: /\. Add the plugin that provides "acme\/…": --plugin MODULE\.$/,
    })
    expectError(() => own.parse('regularizer', 'l2'), {
      message: /\. Add @sandglass\/regularizers: --plugin @sandglass\/regularizers\.$/,
    })
    const needy = plugin('needy', [], { requires: ['base'] })
    expectError(() => createRegistry([needy], { howToAdd }), { message: /\. Add base: --plugin base\.$/ })
  })

  test('of a namespace that is here name its plugin', () => {
    const own = createRegistry([core, plugin('acme', [metric('acme/one')])])
    expectError(() => own.parse('metric', 'acme/something'), {
      message: /acme 1\.2\.3 provides "acme\/…", but not this: another version may\.$/,
    })
    expectError(() => own.parse('metric', 'acme/onee'), { message: /Did you mean "acme\/one"\?$/ })
  })

  test('do not flood the message', () => {
    const { message } = expectError(() => registry.parse('loss', 'x'.repeat(1e6)), { code: 'spec' })
    expect(message.length).toBeLessThan(2000)
  })
})

describe('lazy definitions', () => {
  const lazy = (load: () => Promise<unknown>) =>
    createRegistry([
      core,
      plugin('acme', [{ kind: 'layer', type: 'acme/tv', description: 'tv', load } as LazyDefinition]),
    ])
  const definition = define('layer', {
    type: 'acme/tv',
    description: 'tv',
    schema: z.strictObject({ n: z.number().default(2) }),
    build: (_, { path, inputShape }) => ({
      path,
      inputShape,
      outputShape: inputShape,
      weights: {},
      traits: {},
      apply: ({ input }) => ({ output: input }),
    }),
  })

  test('are imported once a spec needs them, at any depth', async () => {
    let loads = 0
    const own = lazy(async () => {
      loads++
      return definition
    })
    const model = { type: 'autoencoder', encoder: [dense, { type: 'acme/tv' }], decoder: ['acme/tv'] }
    expectError(() => own.parse('model', model), {
      code: 'plugin',
      message:
        /^model\.encoder\[1\]: layer "acme\/tv" is not loaded yet\. Call `await registry\.load\(spec\)` first\.$/,
    })
    expect(own.has('layer', 'acme/tv')).toBe(true)
    await own.load(dense)
    expect(loads).toBe(0)
    await own.load(model)
    await own.load(model)
    expect(loads).toBe(1)
    expect(own.parse('model', model)).toMatchObject({ encoder: [{}, { type: 'acme/tv', n: 2 }] })
    expect(own.get('layer', 'acme/tv')).toBe(definition)
    expect(own.jsonSchema()).toHaveProperty(['$defs', 'layer/acme/tv'])
  })

  test('that cannot be imported, or are something else, say whose they are', async () => {
    const broken = lazy(async () => {
      throw new Error('no such file')
    })
    await expectError(() => broken.load('acme/tv'), {
      code: 'plugin',
      message: /^layer "acme\/tv" of plugin acme cannot be loaded\. Got Error: no such file\.$/,
    })
    await expectError(() => lazy(async () => metric('acme/tv')).load('acme/tv'), {
      code: 'plugin',
      message: /Got the definition of metric "acme\/tv"; expected that of layer "acme\/tv"\.$/,
    })
  })
})

describe('parse', () => {
  const nested = createRegistry([
    core,
    plugin('acme', [
      metric(
        'acme/nested',
        z.strictObject({
          list: z.array(activationSpec()).optional(),
          map: z.record(z.string(), lossSpec()).optional(),
          inner: z.strictObject({ by: activationSpec().nullable() }).optional(),
          either: z.union([z.number(), activationSpec()]).optional(),
        }),
      ),
      define('regularizer', {
        type: 'acme/r',
        description: 'r',
        schema: z.strictObject({ weight: z.number().default(1), also: regularizerSpec().optional() }),
        build: () => () => null as never,
      }),
    ]),
  ])

  test('fills in defaults, in nested specs too, and turns names into specs', () => {
    expect(registry.parse('layer', { ...dense, activation: 'selu' })).toEqual({
      type: 'dense',
      units: 3,
      activation: { type: 'selu' },
      useBias: true,
      kernelInitializer: { type: 'glorotUniform' },
      biasInitializer: { type: 'zeros' },
      trainable: true,
    })
    expect(
      nested.parse('layer', { ...dense, kernelRegularizer: { type: 'acme/r', also: 'acme/r' } }),
    ).toMatchObject({
      kernelRegularizer: { type: 'acme/r', weight: 1, also: { type: 'acme/r', weight: 1 } },
    })
  })

  test('finds specs in lists, maps, objects and unions, and names their place', () => {
    const spec = {
      type: 'acme/nested',
      list: ['selu'],
      map: { a: 'binaryCrossentropy' },
      inner: { by: null },
      either: { type: 'relu' },
    }
    expect(nested.parse('metric', spec)).toMatchObject({
      list: [{ type: 'selu' }],
      map: { a: { type: 'binaryCrossentropy' } },
      inner: { by: null },
      either: { type: 'relu' },
    })
    expect(nested.parse('metric', { type: 'acme/nested', either: 3 })).toEqual({
      type: 'acme/nested',
      either: 3,
    })
    const places = [
      [{ list: ['selu', 'no'] }, 'metric.list[1]'],
      [{ map: { a: 'no' } }, 'metric.map.a'],
      [{ inner: { by: { type: 'no' } } }, 'metric.inner.by'],
      [{ either: { type: 'no' } }, 'metric.either'],
    ] as const
    for (const [options, place] of places)
      expect(expectError(() => nested.parse('metric', { type: 'acme/nested', ...options })).message).toMatch(
        new RegExp(`^${place.replace(/[[\].]/g, '\\$&')}: unknown`),
      )
  })

  test('names the place of a nested mistake', () => {
    const model = (layer: unknown) => ({ type: 'autoencoder', encoder: [dense, layer], decoder: [dense] })
    const texts: [unknown, RegExp][] = [
      [{ ...dense, activation: 'selo' }, /^model\.encoder\[1\]\.activation: unknown activation type "selo"/],
      [{ ...dense, unit: 1 }, /model\.encoder\[1\]: unknown option "unit", did you mean "units"\?/],
      [
        { ...dense, activation: { type: 'selu', slope: 1 } },
        /model\.encoder\[1\]\.activation: unknown option "slope"\. Expected options \(none\)/,
      ],
      [
        { ...dense, activation: 3 },
        /model\.encoder\[1\]\.activation: expected a name, or an object .* for this activation/,
      ],
      [{ ...dense, units: 'x' }, /model\.encoder\[1\]\.units: .*expected number, received string/],
      [3, /model\.encoder\[1\]: expected a name, or an object like \{ "type": "…" \}, for this layer/],
    ]
    for (const [layer, message] of texts)
      expectError(() => registry.parse('model', model(layer)), { code: 'spec', message })
  })

  test.each([
    [
      { ...dense, outFeatures: 3 },
      /layer: unknown option "outFeatures", called "units" here\. Expected options units,/,
    ],
    [
      { ...dense, kernel_regularizer: 'x' },
      /layer: unknown option "kernel_regularizer", did you mean "kernelRegularizer"\?/,
    ],
    [
      { ...dense, input_shape: [3] },
      /layer: unknown option "input_shape": the shape of a sample comes from the data, or from the option inputShape of the model\./,
    ],
    [{ ...dense, toString: 3 }, /layer: unknown option "toString"\. Expected/],
  ])('translates options of elsewhere: %o', (layer, message) => {
    expectError(() => registry.parse('layer', layer), { code: 'spec', message })
  })

  test.each([
    [
      Promise.resolve(1),
      /Got a promise; expected an object like .* or the name of a layer\. Await it first\.$/,
    ],
    [
      define('layer', { type: 'a/b', description: '', schema: z.strictObject({}) } as never),
      /Got the function a\/b itself; .*\. Call it: a\/b\(\)\.$/,
    ],
    [
      { class_name: 'Dense', config: { units: 3 } },
      /\. This is how Keras writes it\. Here the options stand beside the type: \{ "type": "dense", "units": 3 \}\.$/,
    ],
  ])('says what to do with %o', (value, message) => {
    expectError(() => registry.parse('layer', value), { code: 'spec', message })
  })

  test.each([
    [3, 'got 3'],
    [null, 'got null'],
    [undefined, 'got undefined'],
    [[], 'got \\[\\]'],
    [{}, 'got \\{\\}'],
    [{ type: 3 }, 'got \\{"type":3\\}'],
    [10n, 'got 10'],
    [{ big: 10n }, 'got \\{"big":"10"\\}'],
    [Symbol('s'), 'got Symbol\\(s\\)'],
    [() => 1, 'got a function'],
    [{ long: 'x'.repeat(1000) }, 'got .{57}…;'],
  ])('refuses what is no spec: %o', (value, got) => {
    expectError(() => registry.parse('layer', value), {
      code: 'spec',
      message: new RegExp(
        `^layer: not a spec of a layer\\. ${got.replace('got', 'Got')}.* expected an object like`,
      ),
    })
  })

  test('says what a spec uses, defaults included', () => {
    expect(
      registry
        .uses('layer', dense)
        .map((e) => `${e.kind} ${e.type}`)
        .sort(),
    ).toEqual(['activation linear', 'initializer glorotUniform', 'initializer zeros', 'layer dense'])
  })

  test('is idempotent, and the same after JSON', () => {
    const activation = fc.constantFrom('selu', 'sigmoid', { type: 'tanh' })
    const layer = fc.oneof(
      fc.constant('flatten'),
      fc.record(
        {
          type: fc.constant('dense'),
          units: fc.integer({ min: 1, max: 9 }),
          activation,
          name: fc.string({ minLength: 1 }),
        },
        { requiredKeys: ['type', 'units'] },
      ),
      fc.record({ type: fc.constant('dropout'), rate: fc.double({ min: 0, max: 0.99, noNaN: true }) }),
      fc.record({ type: fc.constant('reshape'), shape: fc.array(fc.integer({ min: 1, max: 5 })) }),
      fc.record(
        { type: fc.constant('batchNormalization'), momentum: fc.double({ min: 0, max: 1, noNaN: true }) },
        { requiredKeys: ['type'] },
      ),
    )
    const layers = fc.array(layer, { minLength: 1, maxLength: 4 })
    const model = fc.record({ type: fc.constant('autoencoder'), encoder: layers, decoder: layers })
    fc.assert(
      fc.property(model, (spec) => {
        const once = registry.parse('model', spec)
        expect(registry.parse('model', once)).toEqual(once)
        const text = JSON.stringify(once)
        expect(JSON.stringify(registry.parse('model', JSON.parse(text)))).toBe(text)
      }),
      { numRuns: 300 },
    )
  })
})

describe('hostile specs', () => {
  const keys = ['__proto__', 'constructor', 'prototype']

  test.each(keys)('the key %s is refused at any depth', (key) => {
    const bad = `{"${key}":{"polluted":true}}`
    const texts = [
      [`{"type":"dense","units":3,"${key}":1}`, `layer: the key "${key}"`],
      [
        `{"type":"dense","units":3,"activation":{"type":"selu","${key}":1}}`,
        `layer.activation: the key "${key}"`,
      ],
      [`{"type":"dense","units":3,"name":${bad}}`, `layer.name: the key "${key}"`],
      [`{"type":"dense","units":3,"odd":[[${bad}]]}`, `layer.odd[0][0]: the key "${key}"`],
      [bad, `layer: the key "${key}"`],
    ]
    for (const [text, place] of texts) {
      const error = expectError(() => registry.parse('layer', JSON.parse(text!)), { code: 'spec' })
      expect(error.message).toBe(`${place} is not allowed in a spec.`)
    }
  })

  test.each(keys)('%s is no type', (type) => {
    expectError(() => registry.parse('layer', type), { code: 'spec', message: /unknown layer type/ })
    expectError(() => registry.parse('layer', { type }), { code: 'spec', message: /unknown layer type/ })
  })

  test('nesting without end is refused', async () => {
    const deep = JSON.parse(
      `${'{"type":"dense","activation":'.repeat(50_000)}1${'}'.repeat(50_000)}`,
    ) as object
    expectError(() => registry.parse('layer', deep), {
      code: 'spec',
      message: /nested too deeply\. Expected at most 64 levels/,
    })
    await expectError(() => registry.load(deep), { code: 'spec', message: /nested too deeply/ })
    const loop: Record<string, unknown> = { type: 'dense' }
    loop.self = loop
    expectError(() => registry.parse('layer', loop), { code: 'spec', message: /nested too deeply/ })
  })

  test('whatever comes is parsed or refused with a SandglassError, and pollutes nothing', () => {
    const before = Object.getOwnPropertyNames(Object.prototype).join()
    const key = fc.constantFrom(
      ...keys,
      'type',
      'units',
      'activation',
      'name',
      'toString',
      'hasOwnProperty',
      '',
    )
    const value = fc.letrec((tie) => ({
      node: fc.oneof(
        { depthSize: 'small' },
        fc.constantFrom<Json>('dense', 'selu', '__proto__', 'constructor', 3, 0.5, null, true),
        fc.array(tie('node'), { maxLength: 3 }),
        fc
          .array(fc.tuple(key, tie('node')), { maxLength: 4 })
          .map((entries) => ownProperties(entries as never)),
      ),
    })).node
    const outcomes = { parsed: 0, refused: 0 }
    fc.assert(
      fc.property(fc.constantFrom('layer', 'model', 'activation', 'loss'), value, (kind, spec) => {
        try {
          const parsed = registry.parse(kind as 'layer', spec)
          expect(Object.getPrototypeOf(parsed)).toBe(Object.prototype)
          outcomes.parsed++
        } catch (error) {
          expect(error).toMatchObject({ name: 'SandglassError', code: 'spec' })
          outcomes.refused++
        }
      }),
      { numRuns: 20_000 },
    )
    expect(Object.getOwnPropertyNames(Object.prototype).join()).toBe(before)
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined()
    expect(Math.min(outcomes.parsed, outcomes.refused)).toBeGreaterThan(20)
  })
})

/** As `JSON.parse` makes it: `__proto__` is a property like any other. */
function ownProperties(entries: readonly [string, unknown][]): object {
  const result = {}
  for (const [key, value] of entries)
    Object.defineProperty(result, key, { value, enumerable: true, configurable: true, writable: true })
  return result
}
