import '@sandglass/core/gradients'
import '@tensorflow/tfjs-backend-cpu'
import {
  batchNormalization,
  core,
  createRegistry,
  decodeModel,
  dense,
  dropout,
  encodeModel,
  flatten,
  initialWeights,
  type Model,
  maxPooling2d,
  type Shape,
  type TensorRecord,
} from '@sandglass/core'
import { conformance, expectError, expectGolden, type Nested, testRandom } from '@sandglass/testing'
import * as tf from '@tensorflow/tfjs-core'
import { describe, expect, expectTypeOf, test } from 'vitest'
import { tasks } from '../index'
import { classifier } from './classifier'

const registry = createRegistry([core, tasks])
const make = (options: object, fields: Record<string, Shape> = { input: [4], label: [] }): Model =>
  registry.build('model', { type: 'classifier', ...options }, { registry, fields })

const encoder = [dense({ units: 3, activation: 'tanh' })]
const head = [dense({ units: 3, activation: 'softmax' })]
const decoder = [dense({ units: 4, activation: 'sigmoid' })]

const tensorsOf = (model: Model): TensorRecord =>
  Object.fromEntries(
    Object.entries(initialWeights(model, 7)).map(([name, { shape, data }]) => [
      name,
      tf.tensor(data, [...shape]),
    ]),
  )
const context = (training: boolean) => ({ training, random: testRandom(1) })
const value = (t: tf.Tensor) => t.dataSync()[0]!
const input = () => tf.randomUniform([6, 4], 0, 1, 'float32', 3)
const label = () => tf.tensor([0, 1, 2, 2, 1, 0])

test('conformance', () => {
  const fields = { input: [4], label: [] }
  const ranges = { label: [0, 2.9] } as const
  const done = conformance(
    classifier,
    [
      { options: { encoder, head }, fields, ranges, order: 2 },
      { options: { encoder, head, freezeEncoder: true }, fields, ranges },
      {
        options: {
          encoder: [...encoder, batchNormalization({ epsilon: 0.1 }), dropout({ rate: 0.3 })],
          head,
          decoder,
          reconstructionLoss: 'binaryCrossentropy',
          reconstructionWeight: 0.3,
        },
        fields,
        ranges,
        relative: 5e-3,
      },
      {
        options: { encoder, head, decoder: [dense({ units: 2 })], loss: 'categoricalCrossentropy' },
        fields: { input: [4], label: [3], target: [2] },
      },
    ],
    {
      refuses: [
        {
          options: { encoder: [], head },
          fields,
          message: /^malformed model "classifier": model\.encoder: /,
        },
        {
          options: { encoder, head },
          fields: { label: [] },
          message: /^classifier: the input shape is unknown\. Got data with the fields label\./,
        },
        {
          options: { encoder: [maxPooling2d({ poolSize: 2 })], head },
          fields: { input: [4, 4, 1], label: [] },
          message:
            /^head\/0: the head must end in one probability a class\. Got \[2, 2, 3\]; expected a shape like \[10\]\. Let the head end in dense\(\{ units: classes, activation: 'softmax' \}\), after flatten\(\)/,
        },
        {
          options: { encoder, head: [...head, dense({ units: 3 })] },
          fields,
          message:
            /^head\/1: the head must end in probabilities\. Got the activation linear\. Give its last layer the activation 'softmax'\.$/,
        },
        {
          options: { encoder, head },
          fields: { input: [4], label: [4] },
          message:
            /^head\/0: the labels do not fit the head\. Got labels of shape \[4\]; expected class numbers of shape \[\], or rows of shape \[3\]\.$/,
        },
        {
          options: { encoder, head, decoder: [dense({ units: 5 })] },
          fields,
          message:
            /^decoder\/0: the decoder must end in the shape it is compared with\. Got \[5\]; expected \[4\]/,
        },
        {
          options: { encoder, head, reconstructionLoss: 'huber' },
          fields,
          message:
            /^classifier: nothing reconstructs\. Got a reconstructionLoss without a decoder\. Give the model a decoder/,
        },
        {
          options: { encoder, head, reconstructionWeight: 0 },
          fields,
          message: /Got a reconstructionWeight without a decoder/,
        },
        {
          options: { encoder, head, decoder, reconstructionWeight: -1 },
          fields,
          message: /^malformed model "classifier": model\.reconstructionWeight: /,
        },
        {
          options: { encoder, haed: head },
          fields,
          message: /unknown option "haed", did you mean "head"\?/,
        },
      ],
    },
  )
  expect(done).toEqual(
    expect.arrayContaining(['objectives', 'leaks', 'first and second derivatives', 'error texts']),
  )
})

test('names its weights by part, and its functions give codes, probabilities and reconstructions', () => {
  const model = make({ encoder, head, decoder })
  expect(Object.keys(model.weights)).toEqual(
    ['encoder/0', 'head/0', 'decoder/0'].flatMap((path) => [`${path}/kernel`, `${path}/bias`]),
  )
  expect(model.layers.map(({ path }) => path)).toEqual(['encoder/0', 'head/0', 'decoder/0'])
  expect(Object.keys(make({ encoder, head }).functions)).toEqual(['encode', 'classify'])
  tf.tidy(() => {
    const w = tensorsOf(model)
    const run = (name: string) => model.functions[name]!.apply(w, { input: input() }, context(false))
    const linear = (x: tf.Tensor, path: string) =>
      tf.add(tf.matMul(x as tf.Tensor2D, w[`${path}/kernel`] as tf.Tensor2D), w[`${path}/bias`]!)
    const code = tf.tanh(linear(input(), 'encoder/0'))
    expectGolden(run('encode').code!, code.arraySync() as Nested)
    expectGolden(run('classify').probabilities!, tf.softmax(linear(code, 'head/0')).arraySync() as Nested)
    expectGolden(run('reconstruct').output!, tf.sigmoid(linear(code, 'decoder/0')).arraySync() as Nested)
  })
})

test('metrics see labels and probabilities', () => {
  tf.tidy(() => {
    const model = make({ encoder, head, decoder })
    const { comparison } = model.objectives[0]!.loss(
      tensorsOf(model),
      { input: input(), label: label() },
      context(false),
    )
    const accuracy = registry.build('metric', 'sparseCategoricalAccuracy')(comparison!)
    const guesses = tf.argMax(comparison!.output, 1).dataSync()
    const right = [0, 1, 2, 2, 1, 0].map((wanted, i) => (wanted === guesses[i] ? 1 : 0))
    expect([...accuracy.dataSync()]).toEqual(right)
  })
})

describe('with a decoder', () => {
  test('the loss is that of the classes and the weighted one of the reconstruction', () => {
    tf.tidy(() => {
      const joint = make({ encoder, head, decoder, reconstructionWeight: 0.3 })
      const alone = make({ encoder, head })
      const w = tensorsOf(joint)
      const batch = { input: input(), label: label() }
      const { total, parts } = joint.objectives[0]!.loss(w, batch, context(true))
      expect(Object.keys(parts)).toEqual(['classification', 'reconstruction'])
      const classes = value(alone.objectives[0]!.loss(w, batch, context(true)).total)
      const { output } = joint.functions.reconstruct!.apply(w, batch, context(false))
      const error = value(tf.mean(tf.squaredDifference(output!, batch.input)))
      expectGolden(parts.classification!, classes)
      expectGolden(parts.reconstruction!, 0.3 * error)
      expectGolden(total, classes + 0.3 * error)
    })
  })

  test('a target takes the place of the input', () => {
    tf.tidy(() => {
      const model = make({ encoder, head, decoder })
      const w = tensorsOf(model)
      const batch = { input: input(), label: label(), target: tf.fill([6, 4], 0.25) }
      const { output } = model.functions.reconstruct!.apply(w, batch, context(false))
      expectGolden(
        model.objectives[0]!.loss(w, batch, context(true)).parts.reconstruction!,
        value(tf.mean(tf.squaredDifference(output!, 0.25))),
      )
    })
  })
})

describe('a frozen encoder', () => {
  const layers = [...encoder, batchNormalization(), dropout({ rate: 0.5 })]
  const frozen = make({ encoder: layers, head, freezeEncoder: true })

  test('is as one whose layers say so, and trains the head only', () => {
    const each = make({ encoder: layers.map((layer) => ({ ...layer, trainable: false })), head })
    const flags = (model: Model) =>
      Object.entries(model.weights).map(([name, { trainable, frozen }]) => [name, trainable, frozen])
    expect(flags(frozen)).toEqual(flags(each))
    expect(frozen.objectives[0]!.trains).toEqual(['head/0/kernel', 'head/0/bias'])
    expect(make({ encoder: layers, head }).objectives[0]!.trains).toContain('encoder/0/kernel')
  })

  test('computes the same while training as otherwise, and updates nothing', () => {
    tf.tidy(() => {
      const w = tensorsOf(frozen)
      const batch = { input: input(), label: label() }
      const [a, b] = [true, false].map((training) => frozen.objectives[0]!.loss(w, batch, context(training)))
      expect(value(a!.total)).toBe(value(b!.total))
      expect(a!.updates).toEqual({})
    })
  })

  test('leaves tied weights of the decoder alone', () => {
    const model = make({
      encoder,
      head,
      decoder: [dense({ units: 4, tiedTo: 'encoder/0' })],
      freezeEncoder: true,
    })
    expect(model.objectives[0]!.trains).toEqual(['head/0/kernel', 'head/0/bias', 'decoder/0/bias'])
  })
})

test('goes through a file', () => {
  const model = make({ encoder, head, decoder, freezeEncoder: true })
  const weights = initialWeights(model, 1)
  const { model: read, weights: same } = decodeModel(encodeModel({ model, weights }), registry)
  expect(read.spec).toEqual(model.spec)
  expect(read.objectives[0]!.trains).toEqual(model.objectives[0]!.trains)
  expect(same).toEqual(weights)
})

test('is known to the compiler', () => {
  const spec = classifier({ encoder: [flatten()], head, freezeEncoder: true })
  expectTypeOf(spec.type).toEqualTypeOf<'classifier'>()
  // @ts-expect-error no head
  expectError(() => make(classifier({ encoder })), { message: /model\.head/ })
})
