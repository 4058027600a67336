import Ajv2020 from 'ajv/dist/2020'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { define } from './definition'
import { definePlugin } from './plugin'
import { core } from './plugin-core'
import { createRegistry } from './registry'

const acme = definePlugin({
  name: 'acme',
  version: '1.0.0',
  apiVersion: 1,
  definitions: [
    define('metric', {
      type: 'acme/own~odd',
      description: 'a type whose name needs escaping',
      schema: z.strictObject({ at: z.number().optional() }),
      build:
        () =>
        ({ target }) =>
          target,
    }),
  ],
})
const registry = createRegistry([core, acme])
const schema = registry.jsonSchema() as { $defs: Record<string, object> }
// Strict: a keyword that ajv does not know would be one that validates nothing.
const ajv = new Ajv2020({ strict: true, strictTypes: false })
ajv.addSchema(schema, 'all')
const validator = (kind: string) => ajv.compile({ $ref: `all#/$defs/${kind}` })
const valid = { layer: validator('layer'), model: validator('model'), metric: validator('metric') }

const dense = { type: 'dense', units: 3 }

describe('JSON schema', () => {
  test('is itself a valid schema of draft 2020-12', () => {
    expect(schema).toMatchObject({ $schema: 'https://json-schema.org/draft/2020-12/schema' })
    expect(ajv.validateSchema(schema)).toBe(true)
  })

  test('accepts nothing of a kind of which nothing is registered', () => {
    expect(schema.$defs.regularizer).toEqual({ not: {} })
    expect(valid.layer({ ...dense, kernelRegularizer: 'l2' })).toBe(false)
  })

  test('describes every type and kind', () => {
    for (const { kind, type, description } of registry.list()) {
      expect(schema.$defs[`${kind}/${type}`]).toMatchObject({
        description,
        properties: { type: { const: type } },
      })
      expect(schema.$defs).toHaveProperty(kind)
    }
  })

  test.each([
    ['layer', dense],
    ['layer', { ...dense, activation: 'selu', kernelInitializer: { type: 'zeros' } }],
    ['layer', 'flatten'],
    ['layer', { type: 'reshape', shape: [-1, 3] }],
    [
      'model',
      { type: 'autoencoder', encoder: [dense, 'flatten'], decoder: [dense], loss: 'binaryCrossentropy' },
    ],
    ['metric', 'acme/own~odd'],
    ['metric', { type: 'acme/own~odd', at: 3 }],
  ] as const)('accepts a good %s: %j', (kind, spec) => {
    expect(valid[kind](spec)).toBe(true)
    expect(() => registry.parse(kind, spec)).not.toThrow()
  })

  test.each([
    ['layer', { type: 'dense' }],
    ['layer', 'dense'],
    ['layer', { ...dense, unit: 3 }],
    ['layer', { ...dense, units: 2.5 }],
    ['layer', { ...dense, units: 0 }],
    ['layer', { ...dense, units: '3' }],
    ['layer', { ...dense, activation: 'selo' }],
    ['layer', { ...dense, activation: { type: 'selu', extra: 1 } }],
    ['layer', { ...dense, name: '' }],
    ['layer', { type: 'dropout', rate: 1 }],
    ['layer', { type: 'reshape', shape: [-2] }],
    ['layer', 3],
    ['model', { type: 'autoencoder', encoder: [], decoder: [dense] }],
    ['model', { type: 'autoencoder', encoder: [dense], decoder: [{ type: 'dense' }] }],
    ['metric', { type: 'acme/own~odd', at: 'x' }],
  ] as const)('rejects a bad %s: %j', (kind, spec) => {
    expect(valid[kind](spec)).toBe(false)
    expect(() => registry.parse(kind, spec)).toThrow()
  })

  test('agrees with the registry on whatever comes', () => {
    const word = fc.constantFrom('dense', 'flatten', 'dropout', 'reshape', 'selu', 'zeros', 'other')
    const option = fc.oneof(
      word,
      fc.constantFrom(-1, 0, 0.5, 1, 3),
      fc.boolean(),
      fc.array(fc.constantFrom(-1, 0, 2, 2.5), { maxLength: 2 }),
      fc.record({ type: word }),
    )
    const keys = [
      'units',
      'activation',
      'useBias',
      'rate',
      'shape',
      'kernelInitializer',
      'name',
      'trainable',
      'tiedTo',
      'odd',
    ]
    const options = fc.dictionary(fc.constantFrom(...keys), option, { maxKeys: 3 })
    const seen = { good: 0, bad: 0 }
    const property = (spec: unknown) => {
      let parses = true
      try {
        registry.parse('layer', spec)
      } catch {
        parses = false
      }
      seen[parses ? 'good' : 'bad']++
      expect(valid.layer(spec), JSON.stringify(spec)).toBe(parses)
    }
    const typed = fc.tuple(word, options).map(([type, rest]) => ({ ...rest, type }))
    const likely = fc.tuple(
      fc.constantFrom({ type: 'dense', units: 2 }, { type: 'dropout', rate: 0.1 }),
      options,
    )
    const spec = fc.oneof(
      word,
      typed,
      likely.map(([base, rest]) => ({ ...base, ...rest })),
    )
    fc.assert(fc.property(spec, property), { numRuns: 2000, seed: 4 })
    expect(Math.min(seen.good, seen.bad)).toBeGreaterThan(200)
  })
})
