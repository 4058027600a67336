import '@sandglass/core/gradients'
import '@tensorflow/tfjs-backend-cpu'
import {
  conformance,
  expectError,
  expectGolden,
  gradientCheck,
  type Nested,
  testRandom,
} from '@sandglass/testing'
import * as tf from '@tensorflow/tfjs-core'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { define } from '../definition'
import { differentiate } from '../gradient'
import { batchNormalization, dense, dropout, flatten, reshape } from '../layers/index'
import type { Model } from '../model'
import { definePlugin } from '../plugin'
import { core } from '../plugin-core'
import { createRegistry } from '../registry'
import { evaluateStep } from '../step'
import type { TensorRecord } from '../tensors'
import { autoencoder } from './autoencoder'
import golden from './sparse-autoencoder.golden.json'

/** Stand in for types of other packages. */
const doubles = definePlugin({
  name: 'test',
  version: '1.0.0',
  apiVersion: 1,
  definitions: [
    define('regularizer', {
      type: 'test/kl',
      description: 'weight · Σ KL(target ‖ mean activity)',
      schema: z.strictObject({ weight: z.number(), target: z.number() }),
      build:
        ({ weight, target: p }) =>
        (x) => {
          const q = tf.mean(x, 0)
          const cross = tf.add(tf.mul(p, tf.log(q)), tf.mul(1 - p, tf.log(tf.sub(1, q))))
          const entropy = p * Math.log(p) + (1 - p) * Math.log(1 - p)
          return tf.mul(weight, tf.sum(tf.sub(entropy, cross))) as tf.Scalar
        },
    }),
    define('regularizer', {
      type: 'test/l2',
      description: 'l2 · Σx²',
      schema: z.strictObject({ l2: z.number() }),
      build:
        ({ l2 }) =>
        (x) =>
          tf.mul(l2, tf.sum(tf.square(x))) as tf.Scalar,
    }),
    define('corruption', {
      type: 'test/halve',
      description: 'x / 2 + a random number',
      schema: z.strictObject({}),
      build:
        () =>
        (x, { random }, path) =>
          tf.add(tf.div(x, 2), tf.mul(0.1, random.uniform(path, x.shape))),
    }),
    define('layer', {
      type: 'test/mask',
      description: 'sets a mask, or scales by the one it is given',
      schema: z.strictObject({ make: z.boolean() }),
      build: ({ make }, { path, inputShape }) => ({
        path,
        inputShape,
        outputShape: inputShape,
        weights: {},
        traits: {},
        apply: ({ input, mask }) =>
          make
            ? { output: tf.clone(input), mask: tf.fill(input.shape.slice(0, 2), 2) }
            : { output: mask ? tf.mul(input, tf.expandDims(mask, 2)) : tf.clone(input) },
      }),
    }),
  ],
})
const registry = createRegistry([core, doubles])

const make = (spec: object, fields: Record<string, number[]> = { input: [4] }): Model =>
  registry.build('model', { type: 'autoencoder', ...spec }, { registry, fields })

const weightsOf = (model: Model, seed = 1): TensorRecord =>
  Object.fromEntries(
    Object.entries(model.weights).map(([name, { shape, trainable }], i) => [
      name,
      trainable === false
        ? tf.ones([...shape])
        : tf.randomUniform([...shape], -0.7, 0.7, 'float32', seed + i),
    ]),
  )

const context = (training: boolean) => ({ training, random: testRandom(1) })
const value = (t: tf.Tensor) => t.dataSync()[0]!

test('the KL-sparse autoencoder has the loss, its parts and all gradients of Keras', () => {
  const model = make(
    {
      encoder: [
        flatten(),
        dense({ units: 5, activation: 'selu' }),
        dense({
          units: 4,
          activation: 'sigmoid',
          activityRegularizer: { type: 'test/kl', weight: 0.05, target: 0.1 },
        }),
      ],
      decoder: [
        dense({ units: 5, activation: 'selu', kernelRegularizer: { type: 'test/l2', l2: 0.01 } }),
        dense({ units: 12, activation: 'sigmoid' }),
        reshape({ shape: [3, 4] }),
      ],
      loss: 'binaryCrossentropy',
    },
    { input: [3, 4] },
  )
  tf.tidy(() => {
    const weights = Object.fromEntries(
      Object.entries(golden.weights).map(([name, w]) => [name, tf.tensor(w as number[])]),
    )
    expect(Object.keys(model.weights)).toEqual(Object.keys(weights))
    const input = tf.tensor(golden.input)
    const objective = model.objectives[0]!
    const {
      value: total,
      gradients,
      extra,
    } = differentiate((w) => {
      const result = objective.loss(w, { input }, context(true))
      const extra: TensorRecord = { ...result.parts, output: result.comparison!.output }
      return { value: result.total, extra }
    }, weights)
    const tolerance = { relative: 1e-5, absolute: 1e-7 }
    expectGolden(total, golden.loss, tolerance)
    expectGolden(extra.output!, golden.output, tolerance)
    expectGolden(extra.reconstruction!, golden.reconstruction, tolerance)
    expectGolden(extra.activityRegularization!, golden.activityRegularization, tolerance)
    expectGolden(
      extra.regularization!,
      golden.loss - golden.reconstruction - golden.activityRegularization,
      tolerance,
    )
    for (const [name, values] of Object.entries(golden.gradients))
      expectGolden(gradients[name]!, values as Nested, { relative: 1e-5, absolute: 2e-7 })
  })
})

test('conformance', () => {
  const encoder = [dense({ units: 3, activation: 'sigmoid', name: 'first' }), dense({ units: 2 })]
  const decoder = [
    dense({ units: 3, activation: 'tanh' }),
    dense({ units: 4, tiedTo: 'first', activation: 'sigmoid' }),
  ]
  const fields = { input: [4] }
  const done = conformance(
    autoencoder,
    [
      { options: { encoder, decoder, loss: 'binaryCrossentropy' }, fields, order: 2 },
      {
        options: { encoder, decoder, corruption: { type: 'test/halve' } },
        fields: { input: [4], target: [4] },
      },
      {
        options: {
          encoder: [dense({ units: 2 }), batchNormalization({ epsilon: 0.1 }), dropout({ rate: 0.3 })],
          decoder: [dense({ units: 4 })],
        },
        fields,
        relative: 5e-3,
      },
    ],
    {
      plugins: [doubles],
      refuses: [
        {
          options: { encoder, decoder: [dense({ units: 5 })] },
          fields,
          message:
            /^decoder\/0: the decoder must end in the shape it is compared with\. Got \[5\]; expected \[4\]\. Give decoder\/0 units: 4\.$/,
        },
        {
          options: { encoder, decoder: [dense({ units: 4 })] },
          fields: { input: [4], target: [2, 2] },
          message: /^decoder\/0: .*Got \[4\]; expected \[2, 2\]\./,
        },
        {
          options: { encoder, decoder },
          fields: { label: [] },
          message:
            /^autoencoder: the input shape is unknown\. Got data with the fields label\. Give the model an inputShape, or the data a field named "input"\.$/,
        },
        {
          options: { encoder: [reshape({ shape: [3] })], decoder },
          fields,
          message:
            /^encoder\/0: cannot reshape\. Got input of shape \[4\], 4 elements; expected 3 elements for \[3\]\.$/,
        },
        {
          options: { encoder: [], decoder },
          fields,
          message: /^malformed model "autoencoder": model\.encoder: /,
        },
        {
          options: {
            encoder: [dense({ units: 3 }), { type: 'dense', units: 3, activation: 'selo' }],
            decoder,
          },
          fields,
          message: /^model\.encoder\[1\]\.activation: unknown activation type "selo".*Did you mean "selu"\?$/,
        },
        {
          options: { encoder: [dense({ units: 4, name: 'a' })], decoder: [dense({ units: 4, name: 'a' })] },
          fields,
          message:
            /^decoder\/0: the name "a" is taken\. Got another layer of that name at encoder\/0; expected names that are unique/,
        },
      ],
    },
  )
  expect(done).toEqual(
    expect.arrayContaining(['objectives', 'leaks', 'first and second derivatives', 'error texts']),
  )
})

describe('tied weights', () => {
  const model = make({
    encoder: [dense({ units: 3, activation: 'tanh' })],
    decoder: [dense({ units: 4, tiedTo: 'encoder/0' })],
  })

  test('are declared once, by their owner', () => {
    expect(Object.keys(model.weights)).toEqual(['encoder/0/kernel', 'encoder/0/bias', 'decoder/0/bias'])
    expect(model.layers[1]!.weights.kernel).toEqual({ sharedWith: 'encoder/0/kernel' })
  })

  test('collect their gradient from both uses', () => {
    tf.tidy(() => {
      const weights = weightsOf(model)
      const input = tf.randomUniform([5, 4], 0, 1, 'float32', 9)
      const loss = (w: TensorRecord) =>
        model.objectives[0]!.loss({ ...weights, ...w }, { input }, context(true)).total
      const kernel = 'encoder/0/kernel'
      gradientCheck((k) => loss({ [kernel]: k }), [weights[kernel]!])

      // Either use alone gives another gradient: the sum of both is what the check above has confirmed.
      const untied = make({
        encoder: [dense({ units: 3, activation: 'tanh' })],
        decoder: [dense({ units: 4 })],
      })
      const apart = { ...weights, 'decoder/0/kernel': tf.transpose(weights[kernel]!) }
      const of = (w: TensorRecord) => untied.objectives[0]!.loss(w, { input }, context(true)).total
      const { gradients } = differentiate((w) => ({ value: of(w), extra: {} }), apart)
      const both = tf.add(gradients[kernel]!, tf.transpose(gradients['decoder/0/kernel']!))
      const tied = differentiate((w) => ({ value: loss(w), extra: {} }), { [kernel]: weights[kernel]! })
      expectGolden(tied.gradients[kernel]!, both.arraySync() as Nested, { absolute: 1e-6 })
      expect(() => expectGolden(gradients[kernel]!, both.arraySync() as Nested, { absolute: 1e-3 })).toThrow()
    })
  })
})

test('batch normalization returns new averages while training, and none otherwise', () => {
  const model = make({
    encoder: [dense({ units: 2 }), batchNormalization({ momentum: 0.5 })],
    decoder: [dense({ units: 4 }), batchNormalization({ trainable: false })],
  })
  expect(model.objectives[0]!.trains).toEqual([
    'encoder/0/kernel',
    'encoder/0/bias',
    'encoder/1/gamma',
    'encoder/1/beta',
    'decoder/0/kernel',
    'decoder/0/bias',
  ])
  tf.tidy(() => {
    const weights = weightsOf(model)
    const input = tf.randomUniform([6, 4], 0, 1, 'float32', 3)
    const { updates } = model.objectives[0]!.loss(weights, { input }, context(true))
    expect(Object.keys(updates!)).toEqual(['encoder/1/movingMean', 'encoder/1/movingVariance'])
    const hidden = tf.add(
      tf.matMul(input as tf.Tensor2D, weights['encoder/0/kernel'] as tf.Tensor2D),
      weights['encoder/0/bias']!,
    )
    const expected = tf.add(tf.mul(0.5, tf.mean(hidden, 0)), 0.5)
    expectGolden(updates!['encoder/1/movingMean']!, expected.arraySync() as Nested)
    expect(model.objectives[0]!.loss(weights, { input }, context(false)).updates).toEqual({})
  })
})

test('a target takes the place of the input in the comparison', () => {
  const spec = { encoder: [dense({ units: 2 })], decoder: [dense({ units: 3 })] }
  const model = make(spec, { input: [4], target: [3] })
  tf.tidy(() => {
    const weights = weightsOf(model)
    const input = tf.ones([2, 4])
    const target = tf.fill([2, 3], 0.25)
    const { parts, comparison } = model.objectives[0]!.loss(weights, { input, target }, context(true))
    expect(comparison!.target).toBe(target)
    const { output } = model.functions.reconstruct!.apply(weights, { input }, context(false))
    expectGolden(parts.reconstruction!, value(tf.mean(tf.squaredDifference(output!, target))))
  })
  expectError(() => make(spec, { input: [4] }), { code: 'shape', message: /Got \[3\]; expected \[4\]/ })
})

test('corruption damages the input of the encoder only, and only while training', () => {
  const spec = { encoder: [dense({ units: 2 })], decoder: [dense({ units: 4 })] }
  const plain = make(spec)
  const denoising = make({ ...spec, corruption: { type: 'test/halve' } })
  tf.tidy(() => {
    const weights = weightsOf(plain)
    const input = tf.randomUniform([3, 4], 0, 1, 'float32', 5)
    const loss = (model: Model, training: boolean) =>
      model.objectives[0]!.loss(weights, { input }, context(training))
    expect(value(loss(denoising, false).total)).toBe(value(loss(plain, false).total))
    const random = testRandom(1)
    const trained = denoising.objectives[0]!.loss(weights, { input }, { training: true, random })
    expect([...random.streams]).toEqual(['corruption'])
    expect(trained.comparison!.target).toBe(input)
    const damaged = tf.add(tf.div(input, 2), tf.mul(0.1, testRandom(1).uniform('corruption', [3, 4])))
    const { output } = plain.functions.reconstruct!.apply(weights, { input: damaged }, context(true))
    expectGolden(trained.comparison!.output, output!.arraySync() as Nested)
    expectGolden(trained.parts.reconstruction!, value(tf.mean(tf.squaredDifference(output!, input))))
  })
})

test('reports what the loss is on damaged inputs, beside the total', () => {
  const spec = { encoder: [dense({ units: 2 }), dropout({ rate: 0.5 })], decoder: [dense({ units: 4 })] }
  const model = make({ ...spec, corruption: { type: 'test/halve' } })
  const plain = make(spec)
  tf.tidy(() => {
    const weights = weightsOf(model)
    const input = tf.randomUniform([3, 4], 0, 1, 'float32', 5)
    const trained = model.objectives[0]!.loss(weights, { input }, context(true))
    expect(value(trained.measures!.denoising!)).toBe(value(trained.parts.reconstruction!))
    const evaluated = model.objectives[0]!.loss(weights, { input }, context(false))
    const damaged = tf.add(tf.div(input, 2), tf.mul(0.1, testRandom(1).uniform('corruption', [3, 4])))
    const expected = plain.objectives[0]!.loss(weights, { input: damaged, target: input }, context(false))
    expect(value(evaluated.measures!.denoising!)).toBe(value(expected.total))
    expect(value(evaluated.total)).toBe(value(evaluated.parts.reconstruction!))
    expect(value(evaluated.total)).not.toBe(value(expected.total))
    const scalars = evaluateStep(
      model.objectives[0]!,
      {},
      { weights, batch: { input }, context: context(false) },
    )
    expect(Object.keys(scalars)).toEqual(['loss', 'reconstruction', 'denoising'])
    expect(plain.objectives[0]!.loss(weights, { input }, context(false)).measures).toBeUndefined()
  })
})

test('a mask goes from the encoder through to the decoder', () => {
  const model = make(
    {
      encoder: [{ type: 'test/mask', make: true }],
      decoder: [{ type: 'test/mask', make: false }, dense({ units: 3 })],
    },
    { input: [2, 3] },
  )
  tf.tidy(() => {
    const weights = weightsOf(model)
    const input = tf.randomUniform([2, 2, 3], 0, 1, 'float32', 5)
    const { output } = model.functions.reconstruct!.apply(weights, { input }, context(false))
    const { output: doubled } = model.functions.decode!.apply(
      weights,
      { code: tf.mul(input, 2) },
      context(false),
    )
    expectGolden(output!, doubled!.arraySync() as Nested)
    const { comparison } = model.objectives[0]!.loss(weights, { input }, context(false))
    expectGolden(comparison!.output, doubled!.arraySync() as Nested)
  })
})

test('parts of the same name add up over encoder and decoder', () => {
  const penalty = { type: 'test/l2', l2: 0.5 } as const
  const model = make({
    encoder: [dense({ units: 2, activityRegularizer: penalty })],
    decoder: [dense({ units: 4, activityRegularizer: penalty, biasRegularizer: penalty })],
  })
  tf.tidy(() => {
    const weights = weightsOf(model)
    const input = tf.randomUniform([3, 4], 0, 1, 'float32', 5)
    const { parts, total } = model.objectives[0]!.loss(weights, { input }, context(false))
    const { code } = model.functions.encode!.apply(weights, { input }, context(false))
    const { output } = model.functions.decode!.apply(weights, { code: code! }, context(false))
    const energy = (t: tf.Tensor) => 0.5 * value(tf.sum(tf.square(t)))
    expectGolden(parts.activityRegularization!, (energy(code!) + energy(output!)) / 3)
    expectGolden(parts.regularization!, energy(weights['decoder/0/bias']!))
    expect(Object.keys(parts)).toEqual(['reconstruction', 'activityRegularization', 'regularization'])
    expectGolden(
      total,
      Object.values(parts).reduce((sum, part) => sum + value(part), 0),
    )
  })
})

test('takes its input shape from the spec before the data', () => {
  const model = make({ encoder: [dense({ units: 2 })], decoder: [dense({ units: 6 })], inputShape: [6] }, {})
  expect(model.fields).toEqual({ input: [6] })
  expect(model.functions.encode!.outputs).toEqual({ code: [2] })
})
