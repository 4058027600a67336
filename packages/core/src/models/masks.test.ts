import '@sandglass/core/gradients'
import '@tensorflow/tfjs-backend-cpu'
import { conformance, expectError, expectGolden, type Nested, testRandom } from '@sandglass/testing'
import * as tf from '@tensorflow/tfjs-core'
import { describe, expect, test } from 'vitest'
import { differentiate } from '../gradient'
import { dense, lstm, masking, repeatVector, simpleRnn, timeDistributed } from '../layers/index'
import type { Model } from '../model'
import { core } from '../plugin-core'
import { createRegistry } from '../registry'
import { evaluateStep } from '../step'
import type { TensorRecord } from '../tensors'
import { autoencoder } from './autoencoder'
import golden from './masked-sequences.golden.json'

const registry = createRegistry([core])
const make = (spec: object, fields: Record<string, number[]>): Model =>
  registry.build('model', { type: 'autoencoder', ...spec }, { registry, fields })
const context = { training: true, random: testRandom(1) }
const value = (t: tf.Tensor) => t.dataSync()[0]!
const someWeights = (model: Model): TensorRecord =>
  Object.fromEntries(
    Object.entries(model.weights).map(([name, { shape }], i) => [
      name,
      tf.randomUniform([...shape], -0.7, 0.7, 'float32', i + 1),
    ]),
  )

describe.each(
  golden.map((one) => [one.maskLayer ? 'sequence to sequence' : 'through a vector', one] as const),
)('Keras, %s', (_, one) => {
  const encoder = one.encoder.filter(({ type }) => type !== 'masking')
  const renamed = (from: string, to: string) =>
    Object.fromEntries(
      Object.entries(one.weights).map(([name, w]) => [name.replace(from, to), tf.tensor(w as number[])]),
    )
  const gradientOf = (name: string) => one.gradients[name as keyof typeof one.gradients] as unknown as Nested

  function check(layers: readonly object[], from: string, to: string, field: boolean) {
    tf.tidy(() => {
      const input = tf.tensor3d(one.input)
      const mask = tf.tensor2d(one.mask)
      const model = make(
        { encoder: layers, decoder: one.decoder, loss: one.loss },
        { input: [5, 2], ...(field && { mask: [5] }) },
      )
      const weights = renamed(from, to)
      expect(Object.keys(model.weights).sort()).toEqual(Object.keys(weights).sort())
      const batch = { input, ...(field && { mask }) }
      const got = differentiate(
        (w) => ({ value: model.objectives[0]!.loss(w, batch, context).total, extra: {} }),
        weights,
      )
      expectGolden(got.value, one.value)
      for (const name of Object.keys(one.gradients))
        expectGolden(got.gradients[name.replace(from, to)]!, gradientOf(name), {
          relative: 1e-4,
          absolute: 1e-6,
        })
    })
  }
  const first = one.maskLayer ? 'encoder/1' : 'encoder/0'

  test('the mask is a field of the data', () => check(encoder, first, 'encoder/0', true))
  test('a layer finds the mask', () => check([masking(), ...encoder], first, 'encoder/1', false))
  test('both', () => check([masking(), ...encoder], first, 'encoder/1', true))
})

const throughVector = {
  encoder: [lstm({ units: 3 })],
  decoder: [
    repeatVector({ n: 4 }),
    lstm({ units: 3, returnSequences: true }),
    timeDistributed({ layer: dense({ units: 2 }) }),
  ],
}
const fields = { input: [4, 2], mask: [4] }
const mask = () =>
  tf.tensor2d([
    [1, 1, 0, 0],
    [1, 1, 1, 0],
    [0, 1, 1, 1],
  ])

test('conforms', () => {
  const ranges = { mask: [1, 1] as const }
  conformance(
    autoencoder,
    [
      {
        options: {
          encoder: [masking(), simpleRnn({ units: 1, returnSequences: true })],
          decoder: [simpleRnn({ units: 1, returnSequences: true })],
        },
        fields: { input: [2, 1], mask: [2] },
        ranges,
        batch: 2,
      },
      {
        options: { encoder: [dense({ units: 1 })], decoder: [dense({ units: 2 })] },
        fields,
        ranges,
        batch: 2,
      },
    ],
    {
      refuses: [
        {
          options: throughVector,
          fields: { ...fields, mask: [5] },
          message:
            /^autoencoder: the field "mask" does not fit the input\. Got a mask of shape \[5\] for an input of shape \[4, 2\]; expected a number for each step, \[4\], or other part of the input, 1 where it counts\.$/,
        },
        { options: throughVector, fields: { ...fields, mask: [] }, message: /a mask of shape \[\] for/ },
      ],
    },
  )
})

describe.each([
  ['through a vector', throughVector],
  ['dense at every step', { encoder: [dense({ units: 1 })], decoder: [dense({ units: 2 })] }],
  [
    'convolutions',
    {
      encoder: [{ type: 'conv1d', filters: 3, kernelSize: 3, padding: 'same' }],
      decoder: [{ type: 'conv1d', filters: 2, kernelSize: 3, padding: 'same' }],
    },
  ],
  [
    'all steps at once',
    {
      encoder: [{ type: 'flatten' }, dense({ units: 2 })],
      decoder: [dense({ units: 8 }), { type: 'reshape', shape: [4, 2] }],
    },
  ],
] as const)('%s', (_, spec) => {
  test('what padding holds changes neither losses, metrics, gradients, codes nor reconstructions', () => {
    const model = make(spec, fields)
    tf.tidy(() => {
      const weights = someWeights(model)
      const input = tf.randomUniform([3, 4, 2], -1, 1, 'float32', 5)
      const padding = tf.mul(tf.sub(1, tf.expandDims(mask(), 2)), 1e6)
      const of = (x: tf.Tensor) => {
        const batch = { input: x, mask: mask() }
        const { value: loss, gradients } = differentiate(
          (w) => ({ value: model.objectives[0]!.loss(w, batch, context).total, extra: {} }),
          weights,
        )
        const metrics = { error: registry.build('metric', 'meanAbsoluteError') }
        const scalars = evaluateStep(model.objectives[0]!, metrics, { weights, batch, context })
        const { code } = model.functions.encode!.apply(weights, batch, context)
        const { output } = model.functions.reconstruct!.apply(weights, batch, context)
        return [loss, ...Object.values(gradients), ...Object.values(scalars), code!, output!].map((t) =>
          t.arraySync(),
        )
      }
      expect(of(tf.add(input, padding))).toEqual(of(input))
    })
  })
})

test('a masking layer leaves uncounted what the mask of the data does not count', () => {
  const plain = make(throughVector, fields)
  const both = make(
    { ...throughVector, encoder: [masking({ maskValue: 5 }), ...throughVector.encoder] },
    fields,
  )
  tf.tidy(() => {
    const weights = someWeights(plain)
    const moved = Object.fromEntries(
      Object.entries(weights).map(([name, w]) => [name.replace('encoder/0', 'encoder/1'), w]),
    )
    const batch = { input: tf.randomUniform([3, 4, 2], -1, 1, 'float32', 5), mask: mask() }
    const { code } = plain.functions.encode!.apply(weights, batch, context)
    expectGolden(both.functions.encode!.apply(moved, batch, context).code!, code!.arraySync() as Nested)
  })
})

test('metrics are means over the steps that count as well', () => {
  const model = make(throughVector, fields)
  tf.tidy(() => {
    const weights = someWeights(model)
    const batch = { input: tf.randomUniform([3, 4, 2], -1, 1, 'float32', 5), mask: mask() }
    const metrics = { error: registry.build('metric', 'meanAbsoluteError') }
    const { error } = evaluateStep(model.objectives[0]!, metrics, { weights, batch, context })
    const { output } = model.functions.reconstruct!.apply(weights, batch, context)
    const errors = tf.mul(tf.abs(tf.sub(output!, batch.input)), tf.expandDims(mask(), 2))
    expectGolden(error!, value(tf.sum(errors)) / (8 * 2))
  })
})

test('a decoder of as many steps heeds the mask, one that starts from a vector knows of none', () => {
  const backwards = {
    encoder: [{ type: 'conv1d', filters: 2, kernelSize: 1 }],
    decoder: [lstm({ units: 2, goBackwards: true, returnSequences: true })],
  }
  const model = make(backwards, fields)
  expect(Object.keys(model.functions.decode!.inputs)).toEqual(['code', 'mask'])
  const vector = make(throughVector, fields)
  expect(Object.keys(vector.functions.decode!.inputs)).toEqual(['code'])
  expect(Object.keys(vector.functions.encode!.inputs)).toEqual(['input', 'mask'])
  tf.tidy(() => {
    const input = tf.randomUniform([3, 4, 2], -1, 1, 'float32', 5)
    for (const each of [model, vector]) {
      const weights = someWeights(each)
      const { code } = each.functions.encode!.apply(weights, { input, mask: mask() }, context)
      const { output } = each.functions.decode!.apply(weights, { code: code!, mask: mask() }, context)
      const whole = each.functions.reconstruct!.apply(weights, { input, mask: mask() }, context)
      expectGolden(output!, whole.output!.arraySync() as Nested)
      const unmasked = each.functions.decode!.apply(weights, { code: code! }, context)
      const same = JSON.stringify(unmasked.output!.arraySync()) === JSON.stringify(output!.arraySync())
      expect(same).toBe(each === vector)
    }
  })
})

test('entries count one by one where a mask has the shape of the whole input', () => {
  const model = make(
    { encoder: [dense({ units: 2 })], decoder: [dense({ units: 4 })] },
    { input: [4], mask: [4] },
  )
  tf.tidy(() => {
    const weights = someWeights(model)
    const input = tf.randomUniform([3, 4], -1, 1, 'float32', 5)
    const { parts } = model.objectives[0]!.loss(weights, { input, mask: mask() }, context)
    const { output } = model.functions.reconstruct!.apply(
      weights,
      { input: tf.mul(input, mask()), mask: mask() },
      context,
    )
    const counted = tf.sum(tf.mul(mask(), tf.squaredDifference(output!, input)))
    expectGolden(parts.reconstruction!, value(counted) / 8)
  })
})

test('data without a mask has none, whatever a batch brings', () => {
  const model = make(throughVector, { input: [4, 2] })
  expect(model.objectives[0]!.fields).toEqual({ input: 'required', target: 'optional' })
  expect(Object.keys(model.functions.encode!.inputs)).toEqual(['input'])
  expectError(() => make(throughVector, { ...fields, input: [4, 2], mask: [2] }), {
    code: 'shape',
    message: /mask/,
  })
})
