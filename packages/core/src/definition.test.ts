import { describe, expect, expectTypeOf, test } from 'vitest'
import { z } from 'zod'
import { type Definition, define, referredKind, type SpecOf, specRef } from './definition'
import { dense, dropout, flatten } from './layers/index'
import type { ActivationSpec, LayerSpec } from './specs'

describe('factories', () => {
  test('make frozen specs of only what they are given, and copy it', () => {
    const options = { units: 3, activation: { type: 'selu' as const } }
    const spec = dense(options)
    expect(spec).toEqual({ type: 'dense', units: 3, activation: { type: 'selu' } })
    expect(Object.isFrozen(spec) && Object.isFrozen(spec.activation)).toBe(true)
    options.activation.type = 'changed' as never
    expect(spec.activation).toEqual({ type: 'selu' })
    expect(flatten()).toEqual({ type: 'flatten' })
  })

  test('are definitions themselves', () => {
    expect([dense.kind, dense.type]).toEqual(['layer', 'dense'])
    expect(dense.description).not.toBe('')
    expect(dense.schema.shape).toHaveProperty('units')
  })
})

test('options that are specs take a name or an object, and know their kind', () => {
  const schema = specRef<unknown>('loss')
  expect(referredKind(schema)).toBe('loss')
  expect(referredKind(z.string())).toBeUndefined()
  expect(schema.parse('mse')).toEqual({ type: 'mse' })
  expect(schema.parse({ type: 'mse', a: [1] })).toEqual({ type: 'mse', a: [1] })
  for (const bad of [3, null, {}, [], { type: 3 }])
    expect(schema.safeParse(bad).error?.issues[0]?.message).toBe(
      'expected a name, or an object like { "type": "…" }, for this loss',
    )
})

describe('types', () => {
  test('of options are checked when written', () => {
    dense({ units: 3, activation: 'selu' })
    dense({ units: 3, activation: { type: 'selu' }, kernelInitializer: 'zeros' })
    dense({ units: 3, activation: { type: 'acme/own', anything: 1 } })
    // @ts-expect-error misspelt option
    dense({ unit: 3 })
    // @ts-expect-error missing option
    dense({})
    // @ts-expect-error missing options
    dense()
    // @ts-expect-error wrong type of option
    dense({ units: '3' })
    // @ts-expect-error unknown activation
    dense({ units: 3, activation: 'selo' })
    // @ts-expect-error a loss is no activation
    dense({ units: 3, activation: 'binaryCrossentropy' })
    // @ts-expect-error specs do not change
    expect(() => (dense({ units: 3 }).units = 4)).toThrow(TypeError)
    expectTypeOf(flatten).toBeCallableWith()
    expectTypeOf(dropout({ rate: 0.5 }).type).toEqualTypeOf<'dropout'>()
  })

  test('of specs follow from definitions', () => {
    expectTypeOf<SpecOf<typeof dense>['type']>().toEqualTypeOf<'dense'>()
    expectTypeOf<{ type: 'dense'; units: 3 }>().toExtend<LayerSpec>()
    expectTypeOf<'flatten'>().toExtend<LayerSpec>()
    // A type that needs options cannot be given by name.
    expectTypeOf<'dense'>().not.toExtend<LayerSpec>()
    expectTypeOf<'sigmoid'>().toExtend<ActivationSpec>()
    expectTypeOf<{ type: 'acme/own'; size: 3 }>().toExtend<LayerSpec>()
    const own = define('metric', {
      type: 'acme/own',
      description: 'own',
      schema: z.strictObject({ at: z.number().default(1) }),
      build: ({ at }) => {
        expectTypeOf(at).toEqualTypeOf<number>()
        return ({ target }) => target
      },
    })
    expectTypeOf(own).toExtend<Definition<'metric'>>()
    expectTypeOf(own({ at: 2 }).type).toEqualTypeOf<'acme/own'>()
    expect(own()).toEqual({ type: 'acme/own' })
    expect(own({ at: 2 })).toEqual({ type: 'acme/own', at: 2 })
  })
})
