import '@sandglass/core/gradients'
import '@tensorflow/tfjs-backend-cpu'
import { autoencoder, core, createRegistry, dense } from '@sandglass/core'
import { conformance, expectError, expectGolden, expectNoLeak, testRandom } from '@sandglass/testing'
import * as tf from '@tensorflow/tfjs-core'
import fc from 'fast-check'
import { describe, expect, expectTypeOf, test } from 'vitest'
import plugin, { klSparsity, l1, l1l2, l2, regularizers } from './index'
import golden from './regularizers.golden.json'

const registry = createRegistry([core, regularizers])
const build = (spec: unknown) => registry.build('regularizer', spec)

test.each(golden.cases.map((entry, i) => ({ entry, title: `${i}: ${JSON.stringify(entry.spec)}` })))(
  '$title equals Keras, value and gradient',
  ({ entry }) => {
    const penalty = build(entry.spec)
    expectNoLeak(() =>
      tf.tidy(() => {
        const x = tf.tensor(entry.x as number[][])
        expectGolden(penalty(x), entry.value)
        expectGolden(tf.grad((v) => penalty(v))(x), entry.gradient, { relative: 2e-5 })
      }),
    )
  },
)

describe('conform', () => {
  test.each([l1, l2, l1l2].map((d) => [d.type, d] as const))('%s', (_, definition) => {
    expect(conformance(definition, [{}, { shape: [2, 3, 4] }])).toContain('finite')
  })

  test('klSparsity', () => {
    conformance(
      klSparsity,
      [{ options: { weight: 0.5 } }, { options: { weight: 1, target: 0.4 }, shape: [3, 2, 2] }],
      {
        refuses: [
          { options: {}, message: /klSparsity.*weight/ },
          { options: { weight: -1 }, message: /weight/ },
          { options: { weight: 1, target: 1 }, message: /target/ },
          { options: { weigth: 1 }, message: /did you mean "weight"/ },
        ],
      },
    )
  })
})

describe('laws of klSparsity', () => {
  const share = fc.double({ min: 0.02, max: 0.98, noNaN: true })
  const batch = fc
    .tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 4 }))
    .chain(([rows, units]) =>
      fc.array(fc.array(share, { minLength: units, maxLength: units }), { minLength: rows, maxLength: rows }),
    )
  const value = (x: number[][], target: number, weight = 1) =>
    tf.tidy(() => build(klSparsity({ weight, target }))(tf.tensor2d(x)).dataSync()[0]!)
  const runs = { numRuns: 100 }

  test('it is never negative, and 0 where every mean is the target', () => {
    fc.assert(
      fc.property(batch, share, (x, target) => {
        expect(value(x, target)).toBeGreaterThanOrEqual(-1e-6)
        expect(
          Math.abs(
            value(
              x.map((row) => row.map(() => target)),
              target,
            ),
          ),
        ).toBeLessThan(1e-6)
      }),
      runs,
    )
  })

  test('it does not change with the order of the samples or of the units', () => {
    fc.assert(
      fc.property(batch, share, (x, target) => {
        const turned = [...x].reverse().map((row) => [...row].reverse())
        expectGolden([value(turned, target)], [value(x, target)], { absolute: 1e-5 })
      }),
      runs,
    )
  })

  test('it grows in proportion to its weight', () => {
    fc.assert(
      fc.property(batch, share, fc.double({ min: 0, max: 9, noNaN: true }), (x, target, weight) => {
        expectGolden([value(x, target, weight)], [weight * value(x, target)], { absolute: 1e-5 })
      }),
      runs,
    )
  })

  test('on and off are alike: activities and target mirrored give the same', () => {
    fc.assert(
      fc.property(batch, share, (x, target) => {
        const mirrored = value(
          x.map((row) => row.map((v) => 1 - v)),
          1 - target,
        )
        expectGolden([mirrored], [value(x, target)], { relative: 1e-4, absolute: 1e-5 })
      }),
      runs,
    )
  })
})

test('as in Keras, a layer divides the activity penalty by the batch size and not the kernel penalty', () => {
  const { x, kernel, bias, activity, kernelPenalty } = golden.layer
  const spec = autoencoder({
    encoder: [
      dense({
        units: 4,
        activation: 'sigmoid',
        activityRegularizer: klSparsity({ weight: 0.05, target: 0.1 }),
        kernelRegularizer: 'l2',
      }),
    ],
    decoder: [dense({ units: 3 })],
    loss: 'meanSquaredError',
  })
  const model = registry.build('model', spec, { registry, fields: { input: [3] } })
  tf.tidy(() => {
    const weights = {
      'encoder/0/kernel': tf.tensor2d(kernel),
      'encoder/0/bias': tf.tensor1d(bias),
      'decoder/0/kernel': tf.zeros([4, 3]),
      'decoder/0/bias': tf.zeros([3]),
    }
    const context = { training: true, random: testRandom() }
    const { total, parts } = model.objectives[0]!.loss(weights, { input: tf.tensor2d(x) }, context)
    const { reconstruction, ...penalties } = parts
    const values = Object.values(penalties).map((part) => part.dataSync()[0]!)
    expectGolden(
      values.sort((a, b) => a - b),
      [activity, kernelPenalty].sort((a, b) => a - b),
    )
    expectGolden(tf.sub(total, reconstruction!), activity + kernelPenalty)
  })
})

test('the type checker knows the specs once the package is imported', () => {
  expectTypeOf(dense).toBeCallableWith({
    units: 3,
    activityRegularizer: klSparsity({ weight: 0.05, target: 0.1 }),
  })
  expectTypeOf(dense).toBeCallableWith({
    units: 3,
    kernelRegularizer: 'l1l2',
    biasRegularizer: l2({ l2: 0.1 }),
  })
  // @ts-expect-error a misspelt name
  dense({ units: 3, kernelRegularizer: 'l3' })
  // @ts-expect-error klSparsity has an option that must be given, so its name alone will not do
  dense({ units: 3, activityRegularizer: 'klSparsity' })
  // @ts-expect-error a corruption is no regularizer
  dense({ units: 3, activityRegularizer: { type: 'masking', rate: 0.5 } })
  expect(plugin).toBe(regularizers)
})

test('a misspelt type is refused with the nearest', () => {
  expectError(() => build('klSparsty'), { code: 'spec', message: /Did you mean "klSparsity"\?/ })
})
