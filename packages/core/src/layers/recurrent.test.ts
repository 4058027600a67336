import '@sandglass/core/gradients'
import '@tensorflow/tfjs-backend-cpu'
import { conformance, expectGolden, fill, testRandom } from '@sandglass/testing'
import * as tf from '@tensorflow/tfjs-core'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { sigmoidOf } from '../activations/sigmoid'
import { buildChain } from '../chain'
import { define } from '../definition'
import { initialWeights } from '../initial-weights'
import type { Layer } from '../layer'
import type { Model } from '../model'
import { definePlugin } from '../plugin'
import { core } from '../plugin-core'
import { createRegistry } from '../registry'
import type { TensorRecord } from '../tensors'
import type { WeightDeclaration } from '../weight'
import { bidirectional, dense, gru, lstm, masking, repeatVector, simpleRnn, timeDistributed } from './index'
import goldens from './recurrent.golden.json'
import { buildOne, expectKeras, type KerasCase } from './testing/keras-case'

const cases = goldens as unknown as Record<string, KerasCase[]>
const all = [bidirectional, gru, lstm, masking, repeatVector, simpleRnn, timeDistributed]

describe("Keras's numbers", () => {
  test.each(Object.entries(cases).flatMap(([type, list]) => list.map((one, i) => [type, i, one] as const)))(
    '%s, case %i',
    (type, _, golden) => expectKeras(type, golden),
  )

  test('Keras was asked about every one', () => {
    expect(Object.keys(cases).sort()).toEqual(all.map((layer) => layer.type).sort())
  })
})

describe('conformance', () => {
  const inputShape = [2, 2]
  const small = { batch: 2, inputShape }
  const oneStep = { batch: 2, inputShape: [1, 2], options: { units: 2 } }

  test('lstm', () => {
    conformance(
      lstm,
      [
        { ...small, options: { units: 2, returnSequences: true } },
        { ...small, inputShape: [3, 1], options: { units: 1, goBackwards: true, trainable: false } },
        oneStep,
      ],
      {
        refuses: [
          {
            options: { units: 2 },
            inputShape: [4],
            message:
              /^layers\/0: an LSTM works on sequences\. Got input of shape \[4\]; expected input of shape \[time, features\]\. A vector becomes a sequence by repeatVector/,
          },
          { options: { units: 0 }, inputShape, message: /layers\/0\.units: .*>0/ },
        ],
      },
    )
  })

  test('gru and simpleRnn', () => {
    const images = { options: { units: 2 }, inputShape: [4, 4, 1] }
    conformance(
      gru,
      [
        { ...small, options: { units: 2 } },
        { ...small, options: { units: 1, resetAfter: false, returnSequences: true } },
        oneStep,
      ],
      {
        refuses: [
          { ...images, message: /^layers\/0: a GRU works on sequences\. Got input of shape \[4, 4, 1\]/ },
        ],
      },
    )
    conformance(simpleRnn, [{ ...small, options: { units: 2 } }, oneStep], {
      refuses: [{ ...images, message: /^layers\/0: a recurrent layer works on sequences/ }],
    })
  })

  test('bidirectional', () => {
    conformance(
      bidirectional,
      [{ ...small, options: { layer: simpleRnn({ units: 1, returnSequences: true }), mergeMode: 'sum' } }],
      {
        refuses: [
          {
            options: { layer: dense({ units: 2 }) },
            inputShape,
            message:
              /^layers\/0: bidirectional needs a recurrent layer\. Got layer "dense", which has no goBackwards; expected lstm, gru or simpleRnn\.$/,
          },
          {
            options: { layer: gru({ units: 2 }) },
            inputShape: [3],
            message: /^layers\/0: bidirectional works on sequences/,
          },
        ],
      },
    )
  })

  test('repeatVector', () => {
    conformance(repeatVector, [{ batch: 2, options: { n: 3 }, inputShape: [2] }], {
      refuses: [
        {
          options: { n: 3 },
          inputShape: [2, 3],
          message:
            /^layers\/0: repeatVector repeats vectors\. Got input of shape \[2, 3\]; expected input of shape \[features\]\. The recurrent layer before it must return its last output only/,
        },
        { inputShape: [2], message: /layers\/0\.n: / },
      ],
    })
  })

  test('timeDistributed', () => {
    const layer = dense({ units: 2, activation: 'sigmoid' })
    conformance(
      timeDistributed,
      [
        { ...small, options: { layer } },
        { ...small, inputShape: [2, 2, 2], options: { layer: { type: 'flatten' } } },
        { ...small, options: { layer: { type: 'batchNormalization' } }, relative: 1e-2 },
      ],
      {
        refuses: [
          {
            options: { layer },
            inputShape: [3],
            message:
              /^layers\/0: timeDistributed works on sequences\. Got input of shape \[3\]; expected input of shape \[time, …\]/,
          },
          {
            options: { layer: { type: 'conv2d', filters: 1, kernelSize: 2 } },
            inputShape: [3, 2],
            message: /^layers\/0\/0: a convolution works on images\. Got input of shape \[2\]/,
          },
        ],
      },
    )
  })

  test('masking', () => {
    conformance(masking, [{ ...small, options: { maskValue: -2 } }], {
      refuses: [{ inputShape: [3], message: /^layers\/0: masking works on sequences/ }],
    })
  })
})

describe('masks', () => {
  test('masking marks the steps that are all padding, also under a gradient', () => {
    tf.tidy(() => {
      const x = tf.tensor3d([
        [
          [0, 0],
          [1, 0],
          [0, 0],
        ],
      ])
      const { apply } = buildOne({ type: 'masking' }, [3, 2])
      expectGolden(apply(x).mask!, [[0, 1, 0]])
      expectGolden(tf.grad((at: tf.Tensor) => tf.sum(tf.square(apply(at).output)))(x), [
        [
          [0, 0],
          [2, 0],
          [0, 0],
        ],
      ])
    })
  })

  const weightsFor = (weights: Layer['weights']): TensorRecord =>
    Object.fromEntries(
      Object.entries(initialWeights({ weights } as Model, 5)).map(([name, w]) => [
        name,
        tf.tensor(w.data as Float32Array, [...w.shape]),
      ]),
    )

  test.each(['lstm', 'gru', 'simpleRnn'])('%s: padding that is masked changes nothing', (type) => {
    tf.tidy(() => {
      const whole = buildOne({ type, units: 3 }, [2, 2])
      const longer = buildOne({ type, units: 3 }, [4, 2])
      const own = weightsFor(whole.layer.weights)
      const x = tf.tensor3d([0.3, -0.2, 0.9, 0.4], [1, 2, 2])
      const junk = tf.tensor3d([[[7, -7]]])
      const expected = whole.apply(x, own).output
      const mask = (...steps: number[]) => tf.tensor2d([steps])
      const first = tf.concat([junk, x, junk], 1)
      const middle = tf.concat([tf.slice(x, [0, 0, 0], [1, 1, 2]), junk, junk, tf.slice(x, [0, 1, 0])], 1)
      for (const [padded, steps] of [
        [first, mask(0, 1, 1, 0)],
        [middle, mask(1, 0, 0, 1)],
      ] as const)
        expectGolden(longer.apply(padded, own, steps).output, {
          shape: [1, 3],
          data: expected.dataSync(),
        })
    })
  })

  test('sequences keep their mask, in the order of the outputs; single outputs have none', () => {
    tf.tidy(() => {
      const mask = tf.tensor2d([[1, 1, 0]])
      const x = tf.ones([1, 3, 2])
      const run = (options: object) => {
        const { layer, apply } = buildOne({ type: 'gru', units: 1, ...options }, [3, 2])
        return apply(x, weightsFor(layer.weights), mask)
      }
      expectGolden(run({ returnSequences: true }).mask!, [[1, 1, 0]])
      expectGolden(run({ returnSequences: true, goBackwards: true }).mask!, [[0, 1, 1]])
      expect(run({}).mask).toBeUndefined()
      const { apply } = buildOne({ type: 'timeDistributed', layer: { type: 'flatten' } }, [3, 2])
      expect(apply(x, {}, mask).mask).toBe(mask)
    })
  })
})

test("an LSTM's forget gates start open", () => {
  const { bias } = buildOne({ type: 'lstm', units: 2 }, [3, 1]).layer.weights as Record<
    string,
    WeightDeclaration
  >
  const stream = { normal: (x: Float32Array) => x } as never
  expect([...bias!.initializer([8], stream)]).toEqual([0, 0, 1, 1, 0, 0, 0, 0])
})

describe('activations of a plugin', () => {
  const sizes: number[] = []
  const counted = (type: string, elementwise: boolean) =>
    define('activation', {
      type,
      description: 'the logistic function, counting',
      schema: z.strictObject({}),
      build: () => ({
        elementwise,
        apply: (x) => {
          sizes.push(x.size)
          return sigmoidOf(x)
        },
      }),
    })
  const acme = definePlugin({
    name: '@acme/counted',
    version: '1.0.0',
    apiVersion: 1,
    definitions: [counted('acme/elementwise', true), counted('acme/whole', false)],
  })
  const registry = createRegistry([core, acme])
  const outputOf = (recurrentActivation: string) => {
    sizes.length = 0
    const site = { registry, path: 'layers', inputShape: [1, 2], earlier: new Map() }
    const chain = buildChain([{ type: 'lstm', units: 3, recurrentActivation }], site)
    return tf.tidy(() => {
      const weights = Object.fromEntries(
        Object.entries(chain.weights).map(([name, { shape }]) => [
          name,
          tf.tensor(
            fill(
              shape.reduce((a, b) => a * b, 1),
              3,
              -1,
              1,
            ),
            [...shape],
          ),
        ]),
      )
      const context = { training: false, random: testRandom(1) }
      return Array.from(chain.apply(tf.tensor([0.3, -0.7], [1, 1, 2]), weights, context).output.dataSync())
    })
  }

  test('take all gates at once where they are elementwise, and one gate at a time where they are not', () => {
    const values = outputOf('acme/elementwise')
    expect(sizes).toEqual([9])
    expect(outputOf('acme/whole')).toEqual(values)
    expect(sizes).toEqual([3, 3, 3])
    expect(outputOf('sigmoid')).toEqual(values)
  })
})
