import '@sandglass/core/gradients'
import '@tensorflow/tfjs-backend-cpu'
import { core, createRegistry, type OptimizerState, type TensorRecord } from '@sandglass/core'
import { conformance, expectError, expectGolden } from '@sandglass/testing'
import * as tf from '@tensorflow/tfjs-core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { adam, adamax, adamw, lion, nadam, optimizers, rmsprop, sgd, trainer } from '../index'
import golden from './optimizers.golden.json' with { type: 'json' }
import { gradientsFrom, init, iterate } from './testing/drive'

const registry = createRegistry([core, trainer])

describe('Keras', () => {
  const shapes: Record<string, number[]> = golden.shapes
  const record = (values: Record<string, number[]>): TensorRecord =>
    Object.fromEntries(Object.entries(values).map(([name, data]) => [name, tf.tensor(data, shapes[name])]))

  test.each(golden.cases)('$type $options', ({ type, options, defaultLearningRate, steps, slots }) => {
    const optimizer = registry.build('optimizer', { type, ...options })
    expect(optimizer.learningRate).toBe(defaultLearningRate)
    tf.tidy(() => {
      const weights = record(golden.weights)
      let state: OptimizerState = { weights, slots: init(optimizer, weights) }
      for (const [i, step] of steps.entries()) {
        state = optimizer.update({
          ...state,
          gradients: record(golden.gradients[i]!),
          learningRate: tf.scalar(step.learningRate),
          iteration: tf.scalar(i + 1),
        })
        for (const [name, data] of Object.entries(step.weights))
          expectGolden(
            state.weights[name]!,
            { shape: shapes[name]!, data },
            { relative: 1e-6, absolute: 1e-7 },
          )
      }
      expect(Object.keys(state.slots).sort()).toEqual(Object.keys(slots).sort())
      for (const [name, data] of Object.entries(slots as unknown as Record<string, number[]>))
        expectGolden(state.slots[name]!.dataSync(), data, { relative: 1e-6, absolute: 1e-7 })
    })
  })

  test('has a case for every optimizer', () => {
    expect([...new Set(golden.cases.map(({ type }) => type))].sort()).toEqual(
      optimizers.map((o) => o.type).sort(),
    )
  })
})

test.each(optimizers.map((o) => [o.type, o] as const))('%s keeps the contract', (_, definition) => {
  const cases = [
    {},
    { options: { weightDecay: 0.01, clipNorm: 1 } },
    { options: { emaMomentum: 0.9, globalClipNorm: 1 } },
    { options: { learningRate: { type: 'constant', value: 0.1 }, clipValue: 0.5 } },
  ]
  const refuses = [
    { options: { learningRate: 0 }, message: /optimizer\.learningRate: .*>0/ },
    { options: { learningRate: true }, message: /expected a positive number or a schedule/ },
    { options: { learningRate: 'cosin' }, message: /unknown schedule type "cosin".*Did you mean "cosine"\?/ },
    {
      options: { clipNorm: 1, clipValue: 1 },
      message: /only one of clipValue, clipNorm, globalClipNorm may be/,
    },
    { options: { emaMomentum: 1 }, message: /optimizer\.emaMomentum/ },
    { options: { weightDecay: -1 }, message: /optimizer\.weightDecay/ },
    { options: { clipNorms: 1 }, message: /unknown option "clipNorms", did you mean "clipNorm"\?/ },
  ]
  conformance(definition, cases, { plugins: [trainer], refuses })
})

describe('converges', () => {
  // w₁² + 10·w₂², minimum at 0.
  const parabola = { start: [1.5, -1], minimum: [0, 0], gradient: ([x, y]: number[]) => [2 * x!, 20 * y!] }
  // (1 − x)² + 2(y − x²)², a bent valley with its minimum at (1, 1).
  const rosenbrock = {
    start: [-0.5, 0.5],
    minimum: [1, 1],
    gradient: ([x, y]: number[]) => [-2 * (1 - x!) - 8 * x! * (y! - x! * x!), 4 * (y! - x! * x!)],
  }
  test.each([
    { type: 'sgd', rate: 0.08, steps: 300 },
    { type: 'sgd', momentum: 0.8, rate: 0.02, steps: 300 },
    { type: 'sgd', momentum: 0.8, nesterov: true, rate: 0.02, steps: 300 },
    { type: 'rmsprop', rate: 0.005, steps: 500 },
    { type: 'rmsprop', centered: true, rate: 0.003, steps: 600 },
    { type: 'adagrad', rate: 0.5, steps: 300 },
    { type: 'adadelta', rate: 5, steps: 600 },
    { type: 'adam', rate: 0.05, steps: 300 },
    { type: 'adam', amsgrad: true, rate: 0.05, steps: 400 },
    { type: 'adamw', weightDecay: 1e-4, rate: 0.05, steps: 300 },
    { type: 'nadam', rate: 0.05, steps: 300 },
    { type: 'adamax', rate: 0.05, steps: 400 },
    { type: 'lion', beta2: 0.9, rate: 0.002, steps: 1000 },
    { type: 'adam', clipNorm: 1, rate: 0.05, steps: 300 },
    { type: 'sgd', globalClipNorm: 5, momentum: 0.8, rate: 0.02, steps: 300 },
  ])('$type on parabola and Rosenbrock valley: $rate', ({ rate, steps, ...spec }) => {
    const optimizer = registry.build('optimizer', spec)
    for (const { start, minimum, gradient } of [parabola, rosenbrock]) {
      const end = iterate(
        optimizer,
        { w: start },
        { steps, rate, gradient: ({ w }) => ({ w: gradient(w!) }) },
      )
      expectGolden(end.weights.w!, minimum, { relative: 0, absolute: 0.02 })
    }
  })
})

describe('laws', () => {
  test('sgd on ½w² is w·(1 − α)ⁿ', () => {
    const end = iterate(
      registry.build('optimizer', sgd()),
      { w: [3] },
      { steps: 10, rate: 0.1, gradient: (w) => w },
    )
    expect(end.weights.w![0]).toBeCloseTo(3 * 0.9 ** 10, 6)
  })

  test('momentum sums a constant gradient to α·g/(1 − μ) a step', () => {
    const options = { steps: 200, rate: 0.01, gradient: () => ({ w: [1] }) }
    const before = iterate(registry.build('optimizer', sgd({ momentum: 0.9 })), { w: [0] }, options)
    const after = iterate(
      registry.build('optimizer', sgd({ momentum: 0.9 })),
      { w: [0] },
      { ...options, steps: 201 },
    )
    expect(before.weights.w![0]! - after.weights.w![0]!).toBeCloseTo(0.1, 5)
  })

  test.each([
    ['adam', adam()],
    ['adamax', adamax()],
    ['lion', lion()],
  ])('the first step of %s is α against the sign of the gradient', (_, spec) => {
    const optimizer = registry.build('optimizer', spec)
    fc.assert(
      fc.property(
        fc.float({ min: Math.fround(0.01), max: 1000, noNaN: true }),
        fc.boolean(),
        (size, negative) => {
          const g = negative ? -size : size
          const end = iterate(optimizer, { w: [0] }, { steps: 1, rate: 0.5, gradient: () => ({ w: [g] }) })
          expect(end.weights.w![0]).toBeCloseTo(-0.5 * Math.sign(g), 3)
        },
      ),
      { numRuns: 30 },
    )
  })

  test.each([
    ['adam', adam()],
    ['nadam', nadam()],
    ['rmsprop', rmsprop()],
  ])('%s does not depend on the scale of the gradient', (_, spec) => {
    const optimizer = registry.build('optimizer', spec)
    fc.assert(
      fc.property(fc.integer({ min: -3, max: 8 }), (power) => {
        const along = (scale: number) =>
          iterate(optimizer, { w: [1, -2] }, { steps: 5, rate: 0.1, gradient: gradientsFrom(scale) }).weights
            .w!
        const [plain, scaled] = [along(1), along(2 ** power)]
        expectGolden(scaled, plain, { relative: 0, absolute: 5e-5 })
      }),
      { numRuns: 20 },
    )
  })

  test('weight decay alone is w·(1 − α·λ)ⁿ, for every optimizer', () => {
    for (const { type } of optimizers) {
      const optimizer = registry.build('optimizer', { type, weightDecay: 0.5 })
      const end = iterate(optimizer, { w: [2, -4] }, { steps: 6, rate: 0.1, gradient: () => ({ w: [0, 0] }) })
      expect(end.weights.w![0]).toBeCloseTo(2 * 0.95 ** 6, 5)
      expect(end.weights.w![1]).toBeCloseTo(-4 * 0.95 ** 6, 5)
    }
  })

  test('adamw with no decay is adam', () => {
    const options = { steps: 7, rate: 0.1, gradient: gradientsFrom(1) }
    const plain = iterate(registry.build('optimizer', adam()), { w: [1, -2] }, options)
    expect(iterate(registry.build('optimizer', adamw({ weightDecay: 0 })), { w: [1, -2] }, options)).toEqual(
      plain,
    )
  })

  test('gradients below the limits are clipped to themselves', () => {
    const options = { steps: 7, rate: 0.1, gradient: gradientsFrom(1e-3) }
    const plain = iterate(registry.build('optimizer', sgd()), { w: [1, -2] }, options)
    for (const clipping of [{ clipValue: 1 }, { clipNorm: 1 }, { globalClipNorm: 1 }])
      expect(iterate(registry.build('optimizer', sgd(clipping)), { w: [1, -2] }, options)).toEqual(plain)
  })

  test('clipped norms are the limit, and directions stay', () => {
    fc.assert(
      fc.property(
        fc.array(fc.float({ min: -100, max: 100, noNaN: true }), { minLength: 4, maxLength: 4 }),
        fc.float({ min: Math.fround(0.1), max: 10, noNaN: true }),
        ([a, b, c, d], limit) => {
          // With sgd, a rate of 1 and weights of 0 the step is minus the clipped gradient.
          const step = (options: object) => {
            const optimizer = registry.build('optimizer', { type: 'sgd', ...options })
            const gradient = () => ({ v: [a!, b!], w: [c!, d!] })
            const { weights } = iterate(optimizer, { v: [0, 0], w: [0, 0] }, { steps: 1, rate: 1, gradient })
            return [...weights.v!, ...weights.w!].map((x) => -x)
          }
          const scaled = (g: number[], norm: number) => g.map((x) => x * Math.min(1, limit / (norm || 1)))
          const close = (got: number[], want: number[]) =>
            expectGolden(got, want, { relative: 1e-5, absolute: 1e-5 })
          const clamp = (x: number) => Math.min(limit, Math.max(-limit, x))
          close(step({ globalClipNorm: limit }), scaled([a!, b!, c!, d!], Math.hypot(a!, b!, c!, d!)))
          close(step({ clipNorm: limit }), [
            ...scaled([a!, b!], Math.hypot(a!, b!)),
            ...scaled([c!, d!], Math.hypot(c!, d!)),
          ])
          close(step({ clipValue: limit }), [a!, b!, c!, d!].map(clamp))
        },
      ),
      { numRuns: 50 },
    )
  })

  test('a gradient that is not finite is not hidden by clipping together', () => {
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY]) {
      const optimizer = registry.build('optimizer', sgd({ globalClipNorm: 1 }))
      const gradient = () => ({ v: [1], w: [bad] })
      const { weights } = iterate(optimizer, { v: [0], w: [0] }, { steps: 1, rate: 1, gradient })
      expect(weights).toEqual({ v: [Number.NaN], w: [Number.NaN] })
    }
  })

  test('the average starts as the weights, before and after the first update', () => {
    const optimizer = registry.build('optimizer', sgd({ emaMomentum: 0.5 }))
    expect(optimizer.averaged).toBe('average')
    expect(optimizer.slots({ w: [1] })).toEqual({ 'average/w': { shape: [1], initial: { copyOf: 'w' } } })
    const after = (steps: number) => {
      const end = iterate(optimizer, { w: [8] }, { steps, rate: 1, gradient: () => ({ w: [2] }) })
      return [end.weights.w![0], end.slots['average/w']![0]]
    }
    expect([after(0), after(1), after(2), after(3)]).toEqual([
      [8, 8],
      [6, 6],
      [4, 5],
      [2, 3.5],
    ])
  })
})

test('an update makes new tensors, and none twice', () => {
  for (const { type } of optimizers)
    for (const options of [{}, { emaMomentum: 0.9, weightDecay: 0.1, clipNorm: 1 }]) {
      const optimizer = registry.build('optimizer', { type, ...options })
      tf.tidy(() => {
        const weights = { v: tf.ones([2]), w: tf.ones([3]) }
        const input = {
          weights,
          slots: init(optimizer, weights),
          gradients: { v: tf.ones([2]), w: tf.ones([3]) },
        }
        const output = optimizer.update({ ...input, learningRate: tf.scalar(1), iteration: tf.scalar(1) })
        const ids = [...Object.values(output.weights), ...Object.values(output.slots)].map((t) => t.id)
        const old = [...Object.values(weights), ...Object.values(input.slots)].map((t) => t.id)
        expect(new Set([...ids, ...old]).size).toBe(ids.length + old.length)
      })
    }
})

test('state of another optimizer is refused', () => {
  const optimizer = registry.build('optimizer', adam())
  tf.tidy(() => {
    const w = tf.ones([2])
    const rest = {
      gradients: { w },
      learningRate: tf.scalar(1) as tf.Scalar,
      iteration: tf.scalar(1) as tf.Scalar,
    }
    expectError(() => optimizer.update({ weights: { w }, slots: { 'momentum/w': w }, ...rest }), {
      code: 'spec',
      message: /given no slot "velocity\/w"\. Got momentum\/w\. Was the state saved with another optimizer/,
    })
    expectError(() => optimizer.update({ weights: { w }, slots: {}, ...rest, gradients: {} }), {
      code: 'spec',
      message: /given no .*"\. Got none at all\./,
    })
  })
})
