import '@sandglass/core/gradients'
import '@tensorflow/tfjs-backend-cpu'
import {
  conformance,
  expectError,
  expectGolden,
  fill,
  film,
  testLayers,
  testRandom,
} from '@sandglass/testing'
import * as tf from '@tensorflow/tfjs-core'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { buildChain, type Chain } from './chain'
import { define } from './definition'
import { SandglassError } from './errors'
import { autoencoder, dense } from './index'
import { definePlugin } from './plugin'
import { core } from './plugin-core'
import { createRegistry } from './registry'
import type { Shapes } from './shape'
import type { TensorRecord } from './tensors'

/** Hides nothing: the sum of the squares of the mapping's values, so that it shows in the loss. */
const squares = define('mappingRegularizer', {
  type: 'acme/squares',
  description: 'Σ of the squares of the mapping, of the batch twice over',
  schema: z.strictObject({}),
  build: () => (mapping, input) => tf.sum(tf.square(mapping.apply(tf.concat([input, input])))) as tf.Scalar,
})
const acme = definePlugin({
  name: '@acme/squares',
  version: '1.0.0',
  apiVersion: 1,
  definitions: [squares],
})
const registry = createRegistry([core, testLayers, acme])
const context = { training: false, random: testRandom(1) }

const chainOf = (specs: object[], inputShape: number[], side?: Shapes) =>
  buildChain(specs, { registry, path: 'decoder', inputShape, earlier: new Map(), side })

function valuesOf({ weights }: Pick<Chain, 'weights'>): TensorRecord {
  return Object.fromEntries(
    Object.entries(weights).map(([name, { shape }], i) => [name, sample(shape, 10 + i)]),
  )
}

function sample(shape: readonly number[], seed: number): tf.Tensor {
  return tf.tensor(
    fill(
      shape.reduce((a, b) => a * b, 1),
      seed,
      -1,
      1,
    ),
    [...shape],
  )
}

test('a layer that reads a side input conforms, its derivatives in it too', () => {
  conformance(film, [
    { inputShape: [3], side: { condition: [2] }, batch: 2 },
    {
      options: { from: 'style', size: 1, trainable: false },
      inputShape: [2],
      side: { style: [1] },
      batch: 2,
    },
  ])
})

describe('a chain', () => {
  test('collects what its layers read, and gives each its own', () => {
    const side = { condition: [2], style: [1], unread: [7] }
    const built = chainOf([film({}), dense({ units: 3 }), film({ from: 'style' })], [3], side)
    expect(built.side).toEqual({ condition: [2], style: [1] })
    expect(built.layers.map((layer) => layer.side)).toEqual([{ condition: [2] }, undefined, { style: [1] }])
    tf.tidy(() => {
      const w = valuesOf(built)
      const given = { condition: sample([4, 2], 1), style: sample([4, 1], 2), unread: sample([4, 7], 3) }
      const x = sample([4, 3], 4)
      const filmed = (v: tf.Tensor, c: tf.Tensor, at: number) =>
        tf.add(
          tf.mul(v, tf.add(1, tf.matMul(c as tf.Tensor2D, w[`decoder/${at}/scale`] as tf.Tensor2D))),
          tf.matMul(c as tf.Tensor2D, w[`decoder/${at}/shift`] as tf.Tensor2D),
        )
      const inner = tf.add(
        tf.matMul(filmed(x, given.condition, 0) as tf.Tensor2D, w['decoder/1/kernel'] as tf.Tensor2D),
        w['decoder/1/bias']!,
      )
      const expected = filmed(inner, given.style, 2)
      expectGolden(built.apply(x, w, context, given).output, expected.arraySync() as number[][], {
        absolute: 1e-6,
      })
    })
  })

  test('gives the layer within timeDistributed the side input of its sample at every step', () => {
    const around = chainOf([{ type: 'timeDistributed', layer: film({}) }], [3, 2], { condition: [2] })
    expect(around.side).toEqual({ condition: [2] })
    const alone = chainOf([film({})], [2], { condition: [2] })
    tf.tidy(() => {
      const weights = valuesOf(alone)
      const nested = Object.fromEntries(
        Object.entries(weights).map(([name, w]) => [name.replace('decoder/0/', 'decoder/0/0/'), w]),
      )
      const [x, condition] = [sample([4, 3, 2], 1), sample([4, 2], 2)]
      const steps = tf.unstack(x, 1).map((step) => alone.apply(step, weights, context, { condition }).output)
      const whole = around.apply(x, nested, context, { condition }).output
      expectGolden(whole, tf.stack(steps, 1).arraySync() as number[][][], { absolute: 1e-6 })
    })
  })

  test('of frozen and of penalised layers reads them too', () => {
    const registered = createRegistry([
      core,
      testLayers,
      definePlugin({
        name: 'test',
        version: '1.0.0',
        apiVersion: 1,
        definitions: [
          define('regularizer', {
            type: 'test/sum',
            description: 'Σx',
            schema: z.strictObject({}),
            build: () => (x) => tf.sum(x) as tf.Scalar,
          }),
        ],
      }),
    ])
    const specs = [film({ trainable: false, activityRegularizer: 'test/sum' })]
    const site = { registry: registered, path: 'decoder', inputShape: [2], earlier: new Map() }
    const built = buildChain(specs, { ...site, side: { condition: [2] } })
    expect(built.side).toEqual({ condition: [2] })
    tf.tidy(() => {
      const [x, condition] = [sample([2, 2], 1), sample([2, 2], 2)]
      const { output, losses } = built.apply(x, valuesOf(built), context, { condition })
      const penalty = losses!.activityRegularization!.dataSync()[0]
      expect(penalty).toBeCloseTo(tf.sum(output).dataSync()[0]! / 2, 5)
    })
  })
})

describe('a side input that', () => {
  const built = chainOf([dense({ units: 3 }), film({})], [3], { condition: [2] })
  const apply = (side: Record<string, number[]>) =>
    tf.tidy(() => {
      const given = Object.fromEntries(Object.entries(side).map(([name, shape]) => [name, sample(shape, 1)]))
      return void built.apply(sample([4, 3], 2), valuesOf(built), context, given)
    })

  test.each<[string, () => unknown, 'spec' | 'data' | 'shape', RegExp]>([
    [
      'the model does not give',
      () => chainOf([film({})], [3]),
      'spec',
      /^decoder\/0: its side input "condition" is missing\. Got no side inputs; expected "condition" of shape \[1\] a sample\. Give it what it reads beside its input: as a rule a field "condition" of the data\.$/,
    ],
    [
      'has another name',
      () => chainOf([film({ from: 'conditon', size: 2 })], [3], { condition: [2] }),
      'spec',
      /^decoder\/0: its side input "conditon" is missing\. Got side inputs condition; expected .*\. Did you mean "condition"\?$/,
    ],
    [
      'has another shape',
      () => chainOf([film({ size: 3 })], [3], { condition: [2] }),
      'shape',
      /^decoder\/0: its side input "condition" has the wrong shape\. Got \[2\]; expected \[3\]\.$/,
    ],
    [
      'the caller leaves out',
      () => apply({}),
      'data',
      /^decoder\/1: its side input "condition" is missing\. Got no side inputs; expected "condition" of shape \[2\] a sample\./,
    ],
    [
      'the caller gives in another shape',
      () => apply({ condition: [4, 3] }),
      'shape',
      /^decoder\/1: its side input "condition" has the wrong shape\. Got \[4, 3\]; expected \[4, 2\]\.$/,
    ],
    [
      'is of another batch',
      () => apply({ condition: [3, 2] }),
      'shape',
      /^decoder\/1: .* Got \[3, 2\]; expected \[4, 2\]\.$/,
    ],
    [
      'is named as what objects have',
      () => chainOf([film({ from: 'toString', size: 2 })], [3], { condition: [2] }),
      'spec',
      /its side input "toString" is missing/,
    ],
  ])('%s is refused in the name of the layer', (_, attempt, code, message) => {
    expect(() => attempt()).toThrow(SandglassError)
    expectError(attempt, { code, message })
  })
})

describe('an autoencoder', () => {
  const fields = { input: [3], condition: [2], other: [5] }
  const build = (more: object = {}, shapes: Shapes = fields) =>
    registry.build(
      'model',
      autoencoder({ encoder: [dense({ units: 2 })], decoder: [film({}), dense({ units: 3 })], ...more }),
      { registry, fields: shapes },
    )

  test('takes what its layers read from the fields of the data', () => {
    const { functions, objectives } = build()
    expect(functions.encode!.inputs).toEqual({ input: [3] })
    expect(functions.decode!.inputs).toEqual({ code: [2], condition: [2] })
    expect(functions.reconstruct!.inputs).toEqual({ input: [3], condition: [2] })
    expect(objectives[0]!.fields).toEqual({ input: 'required', target: 'optional', condition: 'required' })
    const inEncoder = build({ encoder: [film({}), dense({ units: 2 })], decoder: [dense({ units: 3 })] })
    expect(inEncoder.functions.encode!.inputs).toEqual({ input: [3], condition: [2] })
    expect(inEncoder.functions.decode!.inputs).toEqual({ code: [2] })
  })

  test('reconstructs what decode makes of the code and the condition', () => {
    const model = build()
    tf.tidy(() => {
      const w = valuesOf(model)
      const [input, condition] = [sample([4, 3], 1), sample([4, 2], 2)]
      const { reconstruct, encode, decode } = model.functions
      const whole = reconstruct!.apply(w, { input, condition }, context).output!
      const { code } = encode!.apply(w, { input }, context)
      const parts = decode!.apply(w, { code: code!, condition }, context).output!
      expectGolden(whole, parts.arraySync() as number[][])
      const other = decode!.apply(w, { code: code!, condition: tf.neg(condition) }, context).output!
      expect(tf.max(tf.abs(tf.sub(other, whole))).dataSync()[0]).toBeGreaterThan(0.05)
      const { total } = model.objectives[0]!.loss(w, { input, condition }, context)
      expect(total.dataSync()[0]).toBeCloseTo(tf.mean(tf.squaredDifference(whole, input)).dataSync()[0]!, 5)
    })
  })

  test('gives its mapping regularizer the condition as often as the batch', () => {
    const encoder = [film({}), dense({ units: 2 })]
    const model = build({ encoder, encoderRegularizer: 'acme/squares', decoder: [dense({ units: 3 })] })
    tf.tidy(() => {
      const w = valuesOf(model)
      const batch = { input: sample([4, 3], 1), condition: sample([4, 2], 2) }
      const { code } = model.functions.encode!.apply(w, batch, context)
      const { parts } = model.objectives[0]!.loss(w, batch, context)
      expect(parts.squares!.dataSync()[0]).toBeCloseTo(2 * tf.sum(tf.square(code!)).dataSync()[0]!, 4)
    })
  })

  test('has no side inputs where the data has none', () => {
    expectError(() => build({}, { input: [3] }), { code: 'spec', message: /^decoder\/0: its side input/ })
  })
})
