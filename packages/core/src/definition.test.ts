import { expectError } from '@sandglass/testing'
import { describe, expect, expectTypeOf, test } from 'vitest'
import { z } from 'zod'
import { relu6 } from './activations/index'
import { type Definition, define, referredKind, type SpecOf, specRef } from './definition'
import { dense, dropout, flatten } from './layers/index'
import { autoencoder } from './models/index'
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

describe('factories refuse, and say what to write', () => {
  test.each<[() => unknown, string]>([
    [
      () => dense(5 as never),
      'dense() takes its options as one object. Got 5; expected dense({ units, activation, useBias, … }).',
    ],
    [
      () => dense(null as never),
      'dense() takes its options as one object. Got null; expected dense({ units, activation, useBias, … }).',
    ],
    [
      () => dropout([0.1] as never),
      'dropout() takes its options as one object. Got [0.1]; expected dropout({ rate, name, trainable, … }).',
    ],
    [
      () => (relu6 as (options: unknown) => unknown)('x'),
      'relu6() takes its options as one object. Got "x"; expected relu6().',
    ],
    [
      () => dense({ units: 3, activation: relu6 as never }),
      `dense(): the option "activation" is not plain data. Got the function relu6 itself; expected the name of a type, a spec, or another value that JSON can hold. Call it: relu6(), or give its name: 'relu6'.`,
    ],
    [
      () =>
        autoencoder({
          encoder: [{ type: 'dense', units: 1, activation: (x: unknown) => x } as never],
          decoder: [],
        }),
      'autoencoder(): the option "encoder.0.activation" is not plain data. Got a function; expected the name of a type, a spec, or another value that JSON can hold. A function of your own becomes a type of its own with define(…), in a plugin.',
    ],
    [
      () => dense({ units: Promise.resolve(3) as never }),
      'dense(): the option "units" is not plain data. Got a promise; expected the name of a type, a spec, or another value that JSON can hold.',
    ],
  ])('%s', (make, message) => {
    expect(expectError(make, { code: 'spec' }).message).toBe(message)
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
