import '@sandglass/core/gradients'
import '@tensorflow/tfjs-backend-cpu'
import { conformance, expectError, expectGolden, expectNoLeak, gradientCheck } from '@sandglass/testing'
import * as tf from '@tensorflow/tfjs-core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { activations } from '../activations/index'
import type { Definition } from '../definition'
import type { Comparison } from '../loss'
import { API_VERSION, definePlugin } from '../plugin'
import { createRegistry } from '../registry'
import type { Spec } from '../spec'
import { losses } from './index'
import golden from './losses.golden.json'

const registry = createRegistry([
  definePlugin({
    name: 'test',
    version: '0.0.0',
    apiVersion: API_VERSION,
    definitions: [...activations, ...losses],
  }),
])
const build = (spec: Spec | string) => registry.build('loss', spec)

/** The comparison a golden describes, as a function of what its gradient is taken in. */
function comparisonOf(entry: (typeof golden.cases)[number]): {
  x: tf.Tensor
  compare(x: tf.Tensor): Comparison
} {
  const target = tf.tensor(entry.target)
  if (!entry.logits || !entry.link)
    return { x: tf.tensor(entry.output!), compare: (output) => ({ target, output }) }
  const { apply, link } = registry.build('activation', entry.link)
  return {
    x: tf.tensor(entry.logits),
    compare: (value) => ({ target, output: apply(value), logits: { value, link: link! } }),
  }
}

describe('equal Keras, value and gradient', () => {
  test('there is a golden for every loss', () => {
    expect(new Set(golden.cases.map((entry) => entry.spec.type))).toEqual(new Set(losses.map((d) => d.type)))
  })

  test.each(golden.cases.map((entry, i) => ({ entry, title: `${i}: ${JSON.stringify(entry.spec)}` })))(
    '$title',
    ({ entry }) => {
      const loss = build(entry.spec)
      expectNoLeak(() =>
        tf.tidy(() => {
          const { x, compare } = comparisonOf(entry)
          const gradient = tf.grad((v) => tf.sum(tf.mul(golden.c, loss(compare(v)))))
          expectGolden(loss(compare(x)), entry.value, { relative: 1e-5, absolute: 2e-6 })
          expectGolden(gradient(x), entry.gradient, { relative: 2e-5, absolute: 1e-6 })
        }),
      )
    },
  )
})

describe('conform', () => {
  const all = {
    binaryCrossentropy: [{}, { options: { labelSmoothing: 0.1 } }, { link: 'sigmoid' }],
    binaryFocalCrossentropy: [
      {},
      { link: 'sigmoid' },
      { options: { gamma: 1.5, applyClassBalancing: true } },
    ],
    categoricalCrossentropy: [{}, { link: 'softmax' }, { shape: [3, 2, 4] }],
    cosineSimilarity: [{ range: [-1, 1], shape: [3, 5] }],
    huber: [{ range: [1.5, 3], targetRange: [-1, 0] }, { range: [0.1, 0.4] }],
    kullbackLeiblerDivergence: [{}],
    logCosh: [{ range: [-3, 3] }],
    meanAbsoluteError: [{ range: [1.5, 3] }],
    meanAbsolutePercentageError: [{ range: [1.5, 3] }],
    meanSquaredError: [{}, { shape: [3, 2, 4] }],
    meanSquaredLogarithmicError: [{}],
    poisson: [{}],
  } as const

  test.each(
    losses.filter((d) => d.type !== 'sparseCategoricalCrossentropy').map((d) => [d.type, d] as const),
  )('%s', (type, definition) => {
    const done = conformance(definition as Definition<'loss'>, all[type as keyof typeof all] as never)
    expect(done).toContain('samples on their own')
  })
})

describe('laws', () => {
  const unit = fc.double({ min: 0.01, max: 0.99, noNaN: true })
  const rows = fc.array(fc.tuple(unit, unit, unit, unit), { minLength: 1, maxLength: 5 })
  const pairs = fc
    .tuple(rows, rows)
    .map(([a, b]) => [a.slice(0, b.length), b.slice(0, a.length)] as [number[][], number[][]])
  const value = (type: string, t: number[][], y: number[][]) =>
    tf.tidy(() => Array.from(build(type)({ target: tf.tensor2d(t), output: tf.tensor2d(y) }).dataSync()))
  const normalised = (x: number[][]) => x.map((row) => row.map((v) => v / row.reduce((a, b) => a + b)))
  const runs = { numRuns: 50 }

  const divergences = [
    'huber',
    'kullbackLeiblerDivergence',
    'logCosh',
    'meanAbsoluteError',
    'meanAbsolutePercentageError',
    'meanSquaredError',
    'meanSquaredLogarithmicError',
  ]
  const distribution = (type: string, x: number[][]) =>
    type === 'kullbackLeiblerDivergence' ? normalised(x) : x

  test.each(divergences)('%s is 0 at equality and never negative', (type) => {
    fc.assert(
      fc.property(pairs, ([t, y]) => {
        for (const v of value(type, distribution(type, t), distribution(type, y)))
          expect(v).toBeGreaterThanOrEqual(-1e-6)
        for (const v of value(type, distribution(type, t), distribution(type, t)))
          expect(Math.abs(v)).toBeLessThan(1e-6)
      }),
      runs,
    )
  })

  test.each(['binaryCrossentropy', 'categoricalCrossentropy', 'poisson'])(
    '%s is least where output equals target',
    (type) => {
      fc.assert(
        fc.property(pairs, ([t, y]) => {
          const target = type === 'categoricalCrossentropy' ? normalised(t) : t
          const least = value(type, target, target)
          value(type, target, y).forEach((v, i) => {
            expect(v).toBeGreaterThanOrEqual(least[i]! - 1e-5)
          })
        }),
        runs,
      )
    },
  )

  test.each(losses.filter((d) => !d.type.startsWith('sparse')).map((d) => d.type))(
    '%s of a permuted batch is the permuted loss',
    (type) => {
      fc.assert(
        fc.property(pairs, ([t, y]) => {
          const turned = value(type, [...t].reverse(), [...y].reverse())
          expectGolden(turned, value(type, t, y).reverse())
        }),
        runs,
      )
    },
  )

  test('the cosine similarity of a vector and itself is −1, whatever their lengths', () => {
    fc.assert(
      fc.property(rows, fc.double({ min: 0.1, max: 50, noNaN: true }), (x, s) => {
        for (const v of value(
          'cosineSimilarity',
          x,
          x.map((row) => row.map((e) => e * s)),
        ))
          expect(v).toBeCloseTo(-1, 5)
      }),
      runs,
    )
  })

  test('from logits and from probabilities the cross-entropies agree', () => {
    fc.assert(
      fc.property(pairs, ([t, y]) => {
        tf.tidy(() => {
          const z = tf.log(tf.div(y, tf.sub(1, y)))
          const target = tf.tensor2d(t)
          const loss = build('binaryCrossentropy')
          const logits = { value: z, link: 'sigmoid' as const }
          expectGolden(
            loss({ target, output: tf.sigmoid(z), logits }),
            Array.from(loss({ target, output: tf.sigmoid(z) }).dataSync()),
            {
              relative: 1e-4,
              absolute: 1e-5,
            },
          )
        })
      }),
      runs,
    )
  })
})

describe('sparse categorical cross-entropy', () => {
  const loss = build('sparseCategoricalCrossentropy')

  test('is the categorical one of one-hot targets, for any leading axes', () => {
    tf.tidy(() => {
      const classes = tf.tensor2d([
        [0, 2],
        [1, 1],
      ])
      const output = tf.softmax(tf.reshape(tf.linspace(-2, 2, 12), [2, 2, 3]))
      const target = tf.oneHot(tf.cast(classes, 'int32'), 3, 1, 0, 'float32')
      const dense = build('categoricalCrossentropy')({ target, output })
      expectGolden(loss({ target: classes, output }), Array.from(dense.dataSync()))
    })
  })

  test('has right derivatives, first and second', () => {
    const [target, logits] = [
      tf.tensor1d([2, 0]),
      tf.tensor2d([
        [0.3, -0.4, 1],
        [1.2, 0.1, -0.8],
      ]),
    ]
    for (const link of [undefined, 'softmax'] as const)
      gradientCheck(
        (x) => loss({ target, output: tf.softplus(x), logits: link && { value: x, link } }),
        [logits],
        { order: 2 },
      )
  })

  test('gives NaN for a number that is no class', () => {
    tf.tidy(() => {
      const output = tf.tensor2d([
        [0.2, 0.8],
        [0.5, 0.5],
        [0.9, 0.1],
      ])
      const got = Array.from(loss({ target: tf.tensor1d([1, 2, -1]), output }).dataSync())
      expect(got[0]).toBeCloseTo(-Math.log(0.8), 5)
      expect(got.slice(1)).toEqual([NaN, NaN])
    })
  })
})

describe('edges', () => {
  test('the mean absolute error pulls neither way where output equals target', () => {
    tf.tidy(() => {
      const target = tf.tensor2d([[0.5, 1]])
      const gradient = tf.grad((output) => tf.sum(build('meanAbsoluteError')({ target, output })))
      expect(Array.from(gradient(target).dataSync())).toEqual([0, 0])
    })
  })

  test('focal loss from logits stays finite with its gradient at ±100, for fractional gamma too', () => {
    tf.tidy(() => {
      const z = tf.tensor2d([[100, -100, 100, -100]])
      const target = tf.tensor2d([[1, 0, 0, 1]])
      for (const gamma of [0.5, 1, 2, 2.5]) {
        const loss = build({ type: 'binaryFocalCrossentropy', gamma } as Spec)
        const f = (value: tf.Tensor) =>
          loss({ target, output: tf.sigmoid(value), logits: { value, link: 'sigmoid' } })
        expectGolden(f(z), [50])
        expectGolden(tf.grad((v) => tf.sum(f(v)))(z), [[0, 0, 0.25, -0.25]])
      }
    })
  })

  test('a zero vector has cosine similarity 0 and a finite gradient', () => {
    tf.tidy(() => {
      const [target, zero] = [tf.tensor2d([[1, 2]]), tf.zeros([1, 2])]
      const loss = build('cosineSimilarity')
      expect(Math.abs(loss({ target, output: zero }).dataSync()[0]!)).toBe(0)
      const gradient = tf.grad((output) => tf.sum(loss({ target, output })))(zero)
      expect(Array.from(gradient.dataSync()).every(Number.isFinite)).toBe(true)
    })
  })

  test('shapes that would broadcast are refused', () => {
    tf.tidy(() => {
      const output = tf.zeros([2, 3])
      expectError(() => build('meanSquaredError')({ target: tf.zeros([2, 1]), output }), {
        code: 'shape',
        message:
          /^meanSquaredError: target and output do not fit together\. Got a target of shape \[2, 1\]; expected target and output of the same shape, \[2, 3\]\.$/,
      })
      expectError(() => build('sparseCategoricalCrossentropy')({ target: output, output }), {
        code: 'shape',
        message: /Got a target of shape \[2, 3\]; expected class numbers of shape \[2\] for outputs \[2, 3\]/,
      })
    })
  })

  test.each([
    [{ type: 'huber', delta: 0 }, /delta/],
    [{ type: 'binaryCrossentropy', labelSmoothing: 2 }, /labelSmoothing/],
    [{ type: 'binaryCrossentropy', fromLogits: true }, /unknown option "fromLogits"/],
  ])('%j is refused', (spec, message) => {
    expectError(() => build(spec), { code: 'spec', message })
  })
})
