import '@sandglass/core/gradients'
import '@tensorflow/tfjs-backend-cpu'
import { expectError, expectGolden, type Nested, testRandom } from '@sandglass/testing'
import * as tf from '@tensorflow/tfjs-core'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { buildChain } from './chain'
import { defineLayer } from './define-layer'
import { define } from './definition'
import {
  activation,
  activityRegularization,
  batchNormalization,
  dense,
  flatten,
  reshape,
} from './layers/index'
import { definePlugin } from './plugin'
import { core } from './plugin-core'
import { createRegistry } from './registry'
import type { TensorRecord } from './tensors'

const definitions = [
  define('regularizer', {
    type: 'test/sum',
    description: 'Σx',
    schema: z.strictObject({}),
    build: () => (x) => tf.sum(x) as tf.Scalar,
  }),
  defineLayer({
    type: 'test/broken',
    description: 'fails to build',
    options: {},
    build: () => {
      throw new Error('out of luck')
    },
  }),
]
const registry = createRegistry([
  core,
  definePlugin({ name: 'test', version: '1.0.0', apiVersion: 1, definitions }),
])

const chain = (specs: object[], inputShape: number[]) =>
  buildChain(specs, { registry, path: 'encoder', inputShape, earlier: new Map() })

const context = (training: boolean) => ({ training, random: testRandom() })

const weightsOf = ({ weights }: ReturnType<typeof chain>): TensorRecord =>
  Object.fromEntries(
    Object.entries(weights).map(([name, { shape }], i) => [
      name,
      tf.randomUniform([...shape], 0.2, 0.8, 'float32', i),
    ]),
  )

describe('buildChain', () => {
  test('knows shapes, paths, types and weights of its layers', () => {
    const built = chain([flatten(), dense({ units: 3, name: 'code' }), reshape({ shape: [3, 1] })], [2, 2])
    expect(
      built.layers.map(({ path, type, inputShape, outputShape }) => [path, type, inputShape, outputShape]),
    ).toEqual([
      ['encoder/0', 'flatten', [2, 2], [4]],
      ['encoder/1', 'dense', [4], [3]],
      ['encoder/2', 'reshape', [3], [3, 1]],
    ])
    expect([built.inputShape, built.outputShape]).toEqual([
      [2, 2],
      [3, 1],
    ])
    expect(Object.entries(built.weights).map(([name, w]) => [name, w.shape])).toEqual([
      ['encoder/1/kernel', [4, 3]],
      ['encoder/1/bias', [3]],
    ])
  })

  test('of no layers passes its input on', () => {
    const built = chain([], [4])
    expect(built.outputShape).toEqual([4])
    const input = tf.ones([2, 4])
    expect(built.apply(input, {}, context(true)).output).toBe(input)
  })

  test('names the layer that cannot be built', () => {
    expectError(() => chain([flatten(), { type: 'reshape', shape: [5] }], [2, 2]), {
      code: 'shape',
      message: /^encoder\/1: cannot reshape\. Got input of shape \[4\]/,
    })
    const error = expectError(() => chain([{ type: 'test/broken' }], [2, 2]), {
      code: 'shape',
      message: /^encoder\/0: cannot build test\/broken\. Got input of shape \[2, 2\]\.$/,
    })
    expect(error.cause).toMatchObject({ message: 'out of luck' })
    expectError(() => chain([dense({ units: 1 }), { type: 'dense', unit: 2 }], [2]), {
      code: 'spec',
      message: /encoder\/1: unknown option "unit", did you mean "units"\?/,
    })
  })

  test('keeps the activations of every layer', () => {
    tf.tidy(() => {
      const built = chain([dense({ units: 3 }), activation({ activation: 'sigmoid' })], [2])
      const { activations, output } = built.apply(tf.ones([4, 2]), weightsOf(built), context(false))
      expect(Object.keys(activations)).toEqual(['encoder/0', 'encoder/1'])
      expect(activations['encoder/1']).toBe(output)
      expectGolden(tf.sigmoid(activations['encoder/0']!), output.arraySync() as Nested)
    })
  })
})

describe('logits', () => {
  const logitsAfter = (...after: object[]) =>
    tf.tidy(() => {
      const built = chain([dense({ units: 4, activation: 'sigmoid' }), ...after], [2])
      const { logits, output } = built.apply(tf.ones([3, 2]), weightsOf(built), context(true))
      if (logits) expectGolden(tf.sigmoid(logits.value), output.arraySync() as Nested, { absolute: 1e-5 })
      return logits?.link
    })

  test('pass through layers that only rearrange', () => {
    expect(logitsAfter()).toBe('sigmoid')
    expect(logitsAfter(reshape({ shape: [2, 2] }), flatten())).toBe('sigmoid')
    expect(logitsAfter(activityRegularization({ l1: 1 }))).toBe('sigmoid')
  })

  test('are forgotten after anything else', () => {
    expect(logitsAfter(dense({ units: 2 }))).toBeUndefined()
    expect(logitsAfter(activation({ activation: 'relu' }), flatten())).toBeUndefined()
    expect(logitsAfter({ type: 'dropout', rate: 0.5 })).toBeUndefined()
  })
})

describe('options of every layer', () => {
  test('activityRegularizer is divided by the batch, and sums with that of other layers', () => {
    tf.tidy(() => {
      const built = chain(
        [
          flatten({ activityRegularizer: { type: 'test/sum' } }),
          activityRegularization({ l1: 2, activityRegularizer: { type: 'test/sum' } }),
        ],
        [3],
      )
      const { losses } = built.apply(tf.ones([4, 3]), {}, context(false))
      expectGolden(losses!.activityRegularization!, 3 + 2 * 3 + 3)
    })
  })

  test('trainable: false freezes weights and makes normalization use its averages', () => {
    tf.tidy(() => {
      const built = chain([batchNormalization({ trainable: false })], [2])
      expect(Object.values(built.weights).map(({ trainable, frozen }) => [trainable, frozen])).toEqual([
        [false, true],
        [false, true],
        [false, undefined],
        [false, undefined],
      ])
      const weights = weightsOf(built)
      const input = tf.randomUniform([5, 2], 0, 1, 'float32', 8)
      const [training, not] = [true, false].map((t) => built.apply(input, weights, context(t)))
      expectGolden(training!.output, not!.output.arraySync() as Nested)
      expect(training!.updates).toEqual({})
    })
  })

  test('name stands for the path, once', () => {
    const tied = chain([dense({ units: 2, name: 'a' }), dense({ units: 3, tiedTo: 'a' })], [3])
    expect(Object.keys(tied.weights)).toEqual(['encoder/0/kernel', 'encoder/0/bias', 'encoder/1/bias'])
    expectError(() => chain([dense({ units: 2, name: 'a' }), flatten({ name: 'a' })], [3]), {
      code: 'spec',
      message:
        /^encoder\/1: the name "a" is taken\. Got another layer of that name at encoder\/0; expected names that are unique within a model\.$/,
    })
  })
})
