import '@sandglass/core/gradients'
import '@tensorflow/tfjs-backend-cpu'
import {
  autoencoder,
  buildChain,
  type Chain,
  core,
  createRegistry,
  dense,
  differentiate,
  type TensorRecord,
} from '@sandglass/core'
import {
  conformance,
  expectGolden,
  expectNoLeak,
  gradientCheck,
  type Nested,
  testRandom,
} from '@sandglass/testing'
import * as tf from '@tensorflow/tfjs-core'
import { describe, expect, expectTypeOf, test } from 'vitest'
import golden from './contractive.golden.json'
import { contractive, regularizers } from './index'

const registry = createRegistry([core, regularizers])
type Options = Parameters<typeof contractive>[0]

const chainOf = (encoder: readonly unknown[], inputShape: readonly number[]) =>
  buildChain(encoder, { registry, path: 'encoder', inputShape, earlier: new Map() })

/** The penalty of an encoder at some inputs. */
function penalty(
  chain: Chain,
  options: Options,
  input: tf.Tensor,
  weights: TensorRecord,
  seed = 1,
): tf.Scalar {
  const context = { training: false, random: testRandom(seed) }
  const mapping = {
    outputShape: chain.outputShape,
    apply: (x: tf.Tensor) => chain.apply(x, weights, context).output,
  }
  return registry.build('mappingRegularizer', contractive(options))(mapping, input, context, 'penalty')
}

const weightsOf = (chain: Chain): TensorRecord =>
  Object.fromEntries(
    Object.entries(chain.weights).map(([name, { shape }], i) => [
      name,
      tf.randomUniform([...shape], -1, 1, 'float32', i + 1),
    ]),
  )
const value = (t: tf.Tensor) => t.dataSync()[0]!
const stochastic = (samples: number) => ({ weight: 1, estimator: 'stochastic', samples }) as const

test.each(golden.map((one) => ({ one, title: one.encoder.map(({ type }) => type).join(' → ') })))(
  'is that of PyTorch, with its gradients: $title',
  ({ one }) => {
    expectNoLeak(() =>
      tf.tidy(() => {
        const input = tf.tensor(one.input as number[][])
        const chain = chainOf(one.encoder, input.shape.slice(1))
        const weights = Object.fromEntries(
          Object.entries(one.weights).map(([name, w]) => [name, tf.tensor(w as number[])]),
        )
        const got = differentiate(
          (w) => ({ value: penalty(chain, { weight: 0.5 }, input, w), extra: {} }),
          weights,
        )
        expectGolden(got.value, 0.5 * one.value, { relative: 2e-5 })
        for (const [name, gradient] of Object.entries(one.gradients))
          expectGolden(tf.mul(got.gradients[name]!, 2), gradient as Nested, {
            relative: 1e-4,
            absolute: 1e-5,
          })
      }),
    )
  },
)

test('is the closed form of one sigmoid layer', () => {
  const chain = chainOf([dense({ units: 4, activation: 'sigmoid' })], [3])
  tf.tidy(() => {
    const weights = weightsOf(chain)
    const input = tf.randomUniform([5, 3], -1, 1, 'float32', 9) as tf.Tensor2D
    const kernel = weights['encoder/0/kernel'] as tf.Tensor2D
    // Rifai et al. 2011: Σ_j (h_j·(1 − h_j))²·Σ_i W_ij²
    const h = tf.sigmoid(tf.add(tf.matMul(input, kernel), weights['encoder/0/bias']!))
    const slopes = tf.square(tf.mul(h, tf.sub(1, h)))
    const norms = tf.sum(tf.mul(slopes, tf.sum(tf.square(kernel), 0)), 1)
    expectGolden(penalty(chain, { weight: 3 }, input, weights), 3 * value(tf.mean(norms)))
  })
})

test('conforms', () => {
  conformance(
    contractive,
    [
      { options: { weight: 0.5 }, order: 2 },
      { options: { weight: 1 }, shape: [2, 2, 2], outputShape: [3, 1] },
      { options: stochastic(1), order: 2 },
      { options: stochastic(3), shape: [2, 2, 2], outputShape: [3, 1] },
    ],
    {
      refuses: [
        { options: {}, message: /contractive.*weight/ },
        { options: { weight: -1 }, message: /weight/ },
        { options: { weight: 1, estimator: 'hutchinson' }, message: /estimator/ },
        { options: { weight: 1, samples: 0 }, message: /samples/ },
      ],
    },
  )
})

describe('in an autoencoder', () => {
  const deep = {
    encoder: [dense({ units: 4, activation: 'tanh' }), dense({ units: 2, activation: 'sigmoid' })],
    decoder: [dense({ units: 3 })],
  }

  test('the objective derives rightly, leaks nothing and agrees with differences', () => {
    const options = (estimator: 'exact' | 'stochastic') => ({
      ...deep,
      encoderRegularizer: contractive({ weight: 0.3, estimator }),
    })
    const fields = { input: [3] }
    conformance(
      autoencoder,
      [
        { options: options('exact'), fields, batch: 2 },
        { options: options('stochastic'), fields, batch: 2 },
      ],
      { plugins: [regularizers] },
    )
  })

  const build = (spec: object, fields = { input: [3] }) =>
    registry.build('model', { type: 'autoencoder', ...spec }, { registry, fields })

  test('is a part of its own, of the clean input and the encoder without dropout', () => {
    const noisy = {
      ...deep,
      encoder: [...deep.encoder, { type: 'dropout', rate: 0.5 }],
      corruption: { type: 'masking', rate: 0.5 },
      encoderRegularizer: contractive({ weight: 2 }),
    }
    const model = build(noisy)
    const chain = chainOf(deep.encoder, [3])
    tf.tidy(() => {
      const weights = {
        ...weightsOf(chain),
        'decoder/0/kernel': tf.ones([2, 3]),
        'decoder/0/bias': tf.zeros([3]),
      }
      const input = tf.randomUniform([5, 3], -1, 1, 'float32', 9)
      for (const training of [true, false]) {
        const { parts, total } = model.objectives[0]!.loss(
          weights,
          { input },
          { training, random: testRandom() },
        )
        expectGolden(parts.contractive!, value(penalty(chain, { weight: 2 }, input, weights)))
        expectGolden(total, value(tf.add(parts.reconstruction!, parts.contractive!)))
      }
    })
  })

  test('steps that a mask does not count have no derivatives', () => {
    const model = build(
      {
        encoder: [{ type: 'lstm', units: 3 }],
        decoder: [
          { type: 'repeatVector', n: 4 },
          { type: 'lstm', units: 2, returnSequences: true },
        ],
        encoderRegularizer: contractive({ weight: 1 }),
      },
      { input: [4, 2], mask: [4] } as never,
    )
    tf.tidy(() => {
      const weights = Object.fromEntries(
        Object.entries(model.weights).map(([name, { shape }], i) => [
          name,
          tf.randomUniform([...shape], -1, 1, 'float32', i + 1),
        ]),
      )
      const input = tf.randomUniform([2, 4, 2], -1, 1, 'float32', 9)
      const mask = tf.tensor2d([
        [1, 1, 0, 0],
        [1, 1, 1, 0],
      ])
      const of = (x: tf.Tensor) =>
        value(
          model.objectives[0]!.loss(weights, { input: x, mask }, { training: true, random: testRandom() })
            .parts.contractive!,
        )
      const padding = tf.mul(tf.expandDims(tf.sub(1, mask), 2), 7)
      expect(of(tf.add(input, padding))).toBe(of(input))

      // What an encoder of the counted steps alone has.
      const alone = (row: number, steps: number) => {
        const chain = chainOf([{ type: 'lstm', units: 3 }], [steps, 2])
        return value(penalty(chain, { weight: 1 }, tf.slice(input, [row, 0, 0], [1, steps, 2]), weights))
      }
      expectGolden([of(input)], [(alone(0, 2) + alone(1, 3)) / 2])
    })
  })

  test('gradients agree with differences through batch normalization and pooling', () => {
    const encoder = [
      { type: 'conv2d', filters: 2, kernelSize: 2, activation: 'sigmoid' },
      { type: 'maxPooling2d', poolSize: 2 },
      { type: 'flatten' },
      { type: 'batchNormalization' },
      dense({ units: 2, activation: 'tanh' }),
    ]
    const chain = chainOf(encoder, [3, 3, 1])
    tf.tidy(() => {
      const weights = weightsOf(chain)
      weights['encoder/3/movingVariance'] = tf.fill([2], 0.8)
      const input = tf.randomUniform([2, 3, 3, 1], 0, 1, 'float32', 5)
      const kernel = 'encoder/0/kernel'
      gradientCheck(
        (k) => penalty(chain, { weight: 1 }, input, { ...weights, [kernel]: k }),
        [weights[kernel]!],
        {
          step: 2 ** -7,
          relative: 1e-2,
        },
      )
    })
  })
})

describe('the stochastic estimator', () => {
  const chain = chainOf(
    [dense({ units: 4, activation: 'tanh' }), dense({ units: 3, activation: 'sigmoid' })],
    [5],
  )

  test('is unbiased, as are its gradients', () => {
    tf.tidy(() => {
      const weights = weightsOf(chain)
      const input = tf.randomUniform([2, 5], -1, 1, 'float32', 9)
      const of = (options: Options, seed?: number) =>
        differentiate((w) => ({ value: penalty(chain, options, input, w, seed), extra: {} }), weights)
      const [exact, estimated] = [of({ weight: 1 }), of(stochastic(20_000))]
      // Five standard deviations, of √(2/n) at most.
      expectGolden(estimated.value, value(exact.value), { relative: 5 * Math.sqrt(2 / 20_000) })
      for (const [name, gradient] of Object.entries(exact.gradients)) {
        const largest = value(tf.max(tf.abs(gradient)))
        expectGolden(estimated.gradients[name]!, gradient.arraySync() as Nested, { absolute: 0.1 * largest })
      }
      const few = [1, 2, 3].map((seed) => value(of(stochastic(1), seed).value))
      expect(new Set(few).size).toBe(3)
    })
  })

  test('draws the same in training and evaluation of the same step, and as the batch is', () => {
    tf.tidy(() => {
      const weights = weightsOf(chain)
      const input = tf.randomUniform([2, 5], -1, 1, 'float32', 9)
      const of = (samples: number) => value(penalty(chain, stochastic(samples), input, weights))
      const noise = testRandom(1).normal('penalty/noise', [4, 3])
      const jacobians = [0, 1, 0, 1].map((row, i) => {
        const x = tf.slice(input, [row, 0], [1, 5])
        const along = tf.slice(noise, [i, 0], [1, 3])
        const context = { training: false, random: testRandom() }
        return tf.grad((v) => tf.sum(tf.mul(chain.apply(v, weights, context).output, along)))(x)
      })
      const norms = jacobians.map((j) => value(tf.sum(tf.square(j))))
      expectGolden([of(2)], [norms.reduce((a, b) => a + b) / 4])
      expectGolden([of(1)], [(norms[0]! + norms[1]!) / 2])
    })
  })

  /** Kernels of the penalty and its gradients, and their multiplications, against those of the encoder alone. */
  async function cost(latent: number, options: Options) {
    const wide = chainOf([dense({ units: 16, activation: 'tanh' }), dense({ units: latent })], [8])
    const weights = weightsOf(wide)
    const input = tf.randomUniform([4, 8], -1, 1, 'float32', 9)
    const plain = (w: TensorRecord) =>
      tf.sum(tf.square(wide.apply(input, w, { training: false, random: testRandom() }).output)) as tf.Scalar
    const profiled = async (f: (w: TensorRecord) => tf.Scalar) => {
      const { kernels } = await tf.profile(() =>
        tf.tidy(() => {
          // The last bias moves no derivative.
          const { 'encoder/1/bias': bias, ...rest } = weights
          differentiate((w) => ({ value: f({ ...w, 'encoder/1/bias': bias! }), extra: {} }), rest)
        }),
      )
      const products = kernels.filter(({ name }) => name === 'BatchMatMul')
      const multiplications = products.reduce((sum, { inputShapes, outputShapes }) => {
        const [rows, columns] = outputShapes[0]!.slice(-2) as [number, number]
        return sum + Math.max(rows, 1) * columns * (inputShapes[0]!.reduce((a, b) => a * b, 1) / rows)
      }, 0)
      return { kernels: kernels.length, multiplications }
    }
    const [penalised, alone] = [
      await profiled((w) => penalty(wide, options, input, w)),
      await profiled(plain),
    ]
    tf.dispose([input, weights])
    return { kernels: penalised.kernels, share: penalised.multiplications / alone.multiplications }
  }

  test('costs a fixed multiple of the encoder, the exact one the latent size times it; neither graph grows', async () => {
    const [few, many] = [await cost(4, stochastic(1)), await cost(64, stochastic(1))]
    expect(many.kernels).toBe(few.kernels)
    expect(many.share).toBeLessThan(1.3 * few.share)
    const [small, large] = [await cost(4, { weight: 1 }), await cost(64, { weight: 1 })]
    expect(large.kernels).toBe(small.kernels)
    expect(large.share).toBeGreaterThan(8 * small.share)
  })
})

test('the type checker knows the spec once the package is imported', () => {
  const coders = { encoder: [dense({ units: 3 })], decoder: [dense({ units: 3 })] }
  expectTypeOf(autoencoder).toBeCallableWith({ ...coders, encoderRegularizer: contractive({ weight: 0.1 }) })
  // @ts-expect-error a penalty on tensors is none on mappings
  autoencoder({ ...coders, encoderRegularizer: { type: 'l2', l2: 0.1 } })
  // @ts-expect-error the weight must be given, so its name alone will not do
  autoencoder({ ...coders, encoderRegularizer: 'contractive' })
})
