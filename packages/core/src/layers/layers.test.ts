import '@sandglass/core/gradients'
import '@tensorflow/tfjs-backend-cpu'
import { conformance, expectGolden, expectNoLeak, type Nested, testRandom } from '@sandglass/testing'
import * as tf from '@tensorflow/tfjs-core'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { buildChain, weightsOf } from '../chain'
import { define } from '../definition'
import { differentiate } from '../gradient'
import type { LayerResult } from '../layer-result'
import { definePlugin } from '../plugin'
import { core } from '../plugin-core'
import { createRegistry } from '../registry'
import type { TensorRecord } from '../tensors'
import { activation, activityRegularization, dense, layers } from './index'
import goldens from './layers.golden.json'

interface GoldenCase {
  options: Record<string, unknown>
  training: boolean
  input: Nested
  mask?: Nested
  weights: Record<string, Nested>
  output: Nested
  losses: number[]
  along: Nested
  gradients: Record<string, Nested>
  secondInput: Nested
  after: Record<string, Nested>
}

/** Stands in for a regularizer of another package. */
const l1l2 = define('regularizer', {
  type: 'test/l1l2',
  description: 'l1·Σ|x| + l2·Σx²',
  schema: z.strictObject({ l1: z.number(), l2: z.number() }),
  build:
    ({ l1, l2 }) =>
    (x) =>
      tf.add(tf.mul(l1, tf.sum(tf.abs(x))), tf.mul(l2, tf.sum(tf.square(x)))) as tf.Scalar,
})

const testPlugin = definePlugin({ name: 'test', version: '1.0.0', apiVersion: 1, definitions: [l1l2] })
const registry = createRegistry([core, testPlugin])

const tensors = (record: Record<string, Nested>): TensorRecord =>
  Object.fromEntries(Object.entries(record).map(([name, values]) => [name, tf.tensor(values as number[])]))

/** Builds one layer at `layers/0`. */
function build(spec: object, inputShape: readonly number[]) {
  const chain = buildChain([spec], { registry, path: 'layers', inputShape, earlier: new Map() })
  const layer = chain.layers[0]!
  return (input: tf.Tensor, own: TensorRecord, training: boolean, mask?: tf.Tensor): LayerResult => {
    const all = Object.fromEntries(Object.entries(own).map(([name, w]) => [`layers/0/${name}`, w]))
    return layer.apply({
      side: {},
      input,
      weights: weightsOf(layer, all),
      context: { training, random: testRandom() },
      mask,
    })
  }
}

/** Layers for images and sequences, and layer normalization, have tests of their own. */
const covered = [
  'activation',
  'activityRegularization',
  'batchNormalization',
  'dense',
  'dropout',
  'flatten',
  'gaussianNoise',
  'reshape',
]

const cases = goldens as unknown as Record<string, GoldenCase[]>
const rows = Object.entries(cases).flatMap(([type, list]) =>
  list.map((golden, i) => [type, i, golden] as const),
)

describe("Keras's numbers", () => {
  test('there are some for every layer', () => {
    expect(Object.keys(cases).sort()).toEqual(covered.sort())
  })

  test.each(rows)('%s, case %i', (type, _, golden) => {
    tf.tidy(() => {
      const x = tf.tensor(golden.input as number[][])
      const mask = golden.mask === undefined ? undefined : tf.tensor(golden.mask as number[][])
      const own = tensors(golden.weights)
      const layer = build({ type, ...golden.options }, x.shape.slice(1))
      const result = layer(x, own, golden.training, mask)
      expectGolden(result.output, golden.output, { absolute: 2e-6 })
      expectGolden(
        Object.values(result.losses ?? {}).map((loss) => loss.dataSync()[0]!),
        golden.losses,
      )
      const updated = Object.keys(result.updates ?? {})
      const frozen = golden.options.trainable === false
      expect(updated).toEqual(golden.training && !frozen ? Object.keys(golden.after) : [])
      for (const [name, values] of Object.entries(golden.after))
        expectGolden(result.updates?.[name] ?? own[name]!, values)

      const { input: ofInput, ...ofWeights } = golden.gradients
      const total = ({ input, ...w }: TensorRecord): tf.Scalar => {
        const { output, losses } = layer(input!, { ...own, ...w }, golden.training, mask)
        const sum = tf.sum(tf.mul(output, tf.tensor(golden.along as number[][]))) as tf.Scalar
        return Object.values(losses ?? {}).reduce((a, b) => tf.add(a, b) as tf.Scalar, sum)
      }
      const trained = Object.fromEntries(Object.keys(ofWeights).map((name) => [name, own[name]!]))
      const { gradients } = differentiate((w) => ({ value: total(w), extra: {} }), { input: x, ...trained })
      expectGolden(gradients.input!, ofInput!, { relative: 1e-4, absolute: 1e-5 })
      for (const [name, values] of Object.entries(ofWeights))
        expectGolden(gradients[name]!, values, { relative: 1e-4, absolute: 1e-5 })

      const squares = (input: tf.Tensor) =>
        tf.sum(tf.square(tf.grad((at: tf.Tensor) => total({ input: at, ...trained }))(input)))
      const linear = (golden.secondInput as number[]).flat(4).every((v) => v === 0)
      if (!linear) expectGolden(tf.grad(squares)(x), golden.secondInput, { relative: 1e-3, absolute: 1e-4 })
    })
  })
})

describe('conformance', () => {
  const checked = new Set<string>()
  const run: typeof conformance = (definition, ...rest) => {
    checked.add(definition.type)
    return conformance(definition, ...rest)
  }

  test('dense', () => {
    run(
      dense,
      [
        { options: { units: 3, activation: 'sigmoid' }, inputShape: [4] },
        { options: { units: 2, activation: 'tanh', useBias: false }, inputShape: [2, 3] },
        {
          options: { units: 4, tiedTo: 'layers/0', activation: 'tanh' },
          before: [dense({ units: 3 })],
          inputShape: [4],
        },
        {
          options: { units: 4, tiedTo: 'first' },
          before: [dense({ units: 3, name: 'first' })],
          inputShape: [4],
        },
        {
          options: { units: 2, activityRegularizer: { type: 'test/l1l2', l1: 0, l2: 0.3 }, trainable: false },
          inputShape: [3],
        },
      ],
      {
        plugins: [testPlugin],
        refuses: [
          {
            options: { units: 2.5 },
            inputShape: [4],
            message: /^malformed layer "dense": layers\/0\.units: .*int/,
          },
          { options: { units: 0 }, inputShape: [4], message: /layers\/0\.units: .*>0/ },
          {
            options: { units: 3, activation: 'sigmoyd' },
            inputShape: [4],
            message: /^layers\/0\.activation: unknown activation type "sigmoyd".* Did you mean "sigmoid"\?$/,
          },
          {
            options: { units: 3 },
            inputShape: [],
            message: /^layers\/0: a dense layer needs at least one axis\. Got input of shape \[\]\.$/,
          },
          {
            options: { units: 3, tiedTo: 'encoder/9' },
            before: [dense({ units: 2, name: 'code' })],
            inputShape: [4],
            message:
              /^layers\/1: cannot tie to "encoder\/9"\. Got no such earlier layer; expected one of layers\/0, code\. tiedTo takes the path/,
          },
          {
            options: { units: 3, tiedTo: 'layers/1' },
            before: [dense({ units: 2 }), activation({ activation: 'selu' })],
            inputShape: [4],
            message:
              /^layers\/2: cannot tie to "layers\/1"\. Got a layer without a dense kernel of its own, activation at layers\/1; expected one of layers\/0\. tiedTo/,
          },
          {
            options: { units: 5, tiedTo: 'layers/0' },
            before: [dense({ units: 3 })],
            inputShape: [4],
            message:
              /^layers\/1: does not mirror layers\/0, to which it is tied\. Got a kernel of \[3, 5\] at layers\/1: input width 3 and 5 units; expected \[3, 4\], the transpose of the kernel of \[4, 3\] at layers\/0: input width 3 and 4 units\. Give it 4 units\.$/,
          },
        ],
      },
    )
  })

  test('flatten and reshape', () => {
    run(layers.find((l) => l.type === 'flatten')!, [
      { inputShape: [2, 3] },
      { inputShape: [4] },
      { inputShape: [] },
    ])
    run(
      layers.find((l) => l.type === 'reshape')!,
      [
        { options: { shape: [3, 2] }, inputShape: [6] },
        { options: { shape: [2, -1, 1] }, inputShape: [3, 4] },
        { options: { shape: [] }, inputShape: [1] },
      ],
      {
        refuses: [
          {
            options: { shape: [4] },
            inputShape: [2, 3],
            message:
              /^layers\/0: cannot reshape\. Got input of shape \[2, 3\], 6 elements; expected 4 elements for \[4\]\.$/,
          },
          {
            options: { shape: [4, -1] },
            inputShape: [2, 3],
            message:
              /Got input of shape \[2, 3\], 6 elements; expected a multiple of 4 elements for \[4, -1\]\.$/,
          },
          {
            options: { shape: [-1, -1] },
            inputShape: [2, 3],
            message:
              /^layers\/0: cannot reshape\. Got 2 extents of -1 in \[-1, -1\]; expected at most one, which is inferred\.$/,
          },
          { options: { shape: [0, 6] }, inputShape: [6], message: /layers\/0\.shape\[0\]: .*>0/ },
        ],
      },
    )
  })

  test('activation and activityRegularization', () => {
    run(activation, [
      { options: { activation: 'sigmoid' }, inputShape: [4] },
      { options: { activation: { type: 'tanh' } }, inputShape: [2, 3] },
    ])
    run(
      activityRegularization,
      [
        { options: { l1: 0.3, l2: 0.2 }, inputShape: [4], range: [0.2, 1] },
        { options: { l2: 0.2 }, inputShape: [2, 3] },
        { inputShape: [3] },
      ],
      { refuses: [{ options: { l1: -1 }, inputShape: [3], message: /layers\/0\.l1: .*>=0/ }] },
    )
  })

  test('dropout and gaussianNoise', () => {
    run(layers.find((l) => l.type === 'dropout')!, [{ options: { rate: 0.4 }, inputShape: [5] }], {
      refuses: [
        { options: { rate: 1 }, inputShape: [5], message: /layers\/0\.rate: .*<1/ },
        { options: { rate: -0.1 }, inputShape: [5], message: /layers\/0\.rate: .*>=0/ },
      ],
    })
    run(layers.find((l) => l.type === 'gaussianNoise')!, [{ options: { stddev: 0.4 }, inputShape: [5] }], {
      refuses: [{ options: { stddev: -1 }, inputShape: [5], message: /layers\/0\.stddev: .*>=0/ }],
    })
  })

  test('batchNormalization', () => {
    run(
      layers.find((l) => l.type === 'batchNormalization')!,
      [
        { inputShape: [3], batch: 6, relative: 5e-3 },
        { options: { epsilon: 0.1, scale: false }, inputShape: [2, 3], relative: 5e-3 },
        { options: { center: false, trainable: false }, inputShape: [3] },
      ],
      {
        refuses: [
          {
            inputShape: [],
            message: /^layers\/0: batch normalization needs at least one axis\. Got input of shape \[\]\.$/,
          },
          { options: { momentum: 1.5 }, inputShape: [3], message: /layers\/0\.momentum: .*<=1/ },
        ],
      },
    )
  })

  test('was run for every layer', () => {
    expect([...checked].sort()).toEqual(covered.sort())
  })
})

describe('randomness', () => {
  const ones = () => tf.ones([200, 50])

  test('dropout keeps a share of 1 − rate, scaled to keep the mean, and only while training', () => {
    expectNoLeak(() =>
      tf.tidy(() => {
        const layer = build({ type: 'dropout', rate: 0.3 }, [50])
        const values = layer(ones(), {}, true).output.dataSync()
        expect(new Set(values)).toEqual(new Set([0, Math.fround(1 / 0.7)]))
        // Four standard deviations of a mean of 10,000 Bernoulli variables.
        const kept = values.filter((v) => v > 0).length / values.length
        expect(Math.abs(kept - 0.7)).toBeLessThan(4 * Math.sqrt((0.3 * 0.7) / 10_000))
        expectGolden(layer(ones(), {}, false).output, {
          shape: [200, 50],
          data: new Float32Array(10_000).fill(1),
        })
      }),
    )
  })

  test('gaussianNoise adds noise of its deviation and mean 0, and only while training', () => {
    tf.tidy(() => {
      const layer = build({ type: 'gaussianNoise', stddev: 0.5 }, [50])
      const noise = tf.sub(layer(ones(), {}, true).output, 1)
      expect(Math.abs(tf.mean(noise).dataSync()[0]!)).toBeLessThan(4 * (0.5 / 100))
      const deviation = Math.sqrt(tf.mean(tf.square(noise)).dataSync()[0]!)
      expect(Math.abs(deviation - 0.5)).toBeLessThan((4 * 0.5) / Math.sqrt(20_000))
      expectGolden(layer(ones(), {}, false).output, {
        shape: [200, 50],
        data: new Float32Array(10_000).fill(1),
      })
    })
  })
})

test('masks pass through all that keep the time axis', () => {
  tf.tidy(() => {
    const mask = tf.tensor2d([[1, 0]])
    const x = tf.ones([1, 2, 3])
    const through = ['activation', 'activityRegularization', 'dropout', 'gaussianNoise']
    const options: Record<string, object> = {
      activation: { activation: 'linear' },
      dropout: { rate: 0.5 },
      gaussianNoise: { stddev: 1 },
    }
    for (const type of through)
      expect(build({ type, ...options[type] }, [2, 3])(x, {}, true, mask).mask).toBe(mask)
    expect(build({ type: 'flatten' }, [2, 3])(x, {}, true, mask).mask).toBeUndefined()
  })
})
