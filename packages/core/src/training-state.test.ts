import { expectError } from '@sandglass/testing'
import { describe, expect, test } from 'vitest'
import type { Program } from './backend'
import type { Model } from './model'
import type { Objective } from './objective'
import type { Optimizer } from './optimizer'
import {
  averagedWeights,
  checkOptimizers,
  checkState,
  initialSlots,
  objectiveOf,
  optimizerOf,
  trainedShapes,
} from './training-state'

const objective = (name: string, trains: string[]): Objective => ({
  name,
  trains,
  fields: {},
  loss: () => {
    throw new Error('not run here')
  },
})
const model = {
  weights: { a: { shape: [2, 3] }, b: { shape: [3] }, state: { shape: [3] } },
  objectives: [objective('critic', ['a']), objective('generator', ['a', 'b'])],
} as unknown as Model

/** Keeps an average of each weight. */
const averaging: Optimizer = {
  learningRate: 1,
  averaged: 'average',
  slots: (weights) =>
    Object.fromEntries(
      Object.entries(weights).map(([name, shape]) => [
        `average/${name}`,
        { shape, initial: { copyOf: name } },
      ]),
    ),
  update: (input) => input,
}
const plain: Optimizer = {
  ...averaging,
  averaged: undefined,
  slots: () => ({ count: { shape: [], initial: 3 } }),
}
const program = (optimizers: Program['optimizers']): Program => ({ model, seed: 0, optimizers })
const weights = {
  a: { shape: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, 6) },
  b: { shape: [3], data: Float32Array.of(7, 8, 9) },
}

describe('objectives and their optimizers', () => {
  test('are found by name', () => {
    expect(objectiveOf(model, 'generator')).toBe(model.objectives[1])
    expect(optimizerOf(program({ critic: plain }), 'critic', 0)).toBe(plain)
    expect(trainedShapes(model, model.objectives[1]!)).toEqual({ a: [2, 3], b: [3] })
    checkOptimizers(program({ critic: plain }))
    checkOptimizers(program(undefined))
  })

  test('or their absence is explained', () => {
    expectError(() => objectiveOf(model, 'toString'), {
      code: 'spec',
      message: /no objective "toString"\. Expected critic, generator/,
    })
    for (const optimizers of [{}, { critic: plain }] as Program['optimizers'][])
      expectError(() => optimizerOf(program(optimizers), 'generator', 1), {
        code: 'spec',
        message: /objective "generator" has no optimizer .* Give the session one/,
      })
    expectError(() => optimizerOf(program({}), 'constructor', 1), { code: 'spec' })
    expectError(() => optimizerOf(program({ critic: plain }), 'critic', Number.NaN), {
      code: 'numeric',
      message: /learning rate is not finite\. Got NaN/,
    })
    expectError(() => checkOptimizers(program({ painter: plain })), {
      code: 'spec',
      message: /optimizer for "painter", which is no objective .* Expected critic, generator/,
    })
  })
})

describe('averaged weights', () => {
  test('are those of the objective that is evaluated, then of the last', () => {
    const both = program({ critic: averaging, generator: averaging })
    const of = (first?: string) =>
      Object.fromEntries([...averagedWeights(both, first)].map(([w, { objective: o }]) => [w, o]))
    expect(of()).toEqual({ a: 'generator', b: 'generator' })
    expect(of('critic')).toEqual({ a: 'critic', b: 'generator' })
    expect(averagedWeights(both, 'critic').get('a')).toEqual({
      objective: 'critic',
      weight: 'a',
      slot: 'average/a',
    })
  })

  test('are none where no optimizer keeps any', () => {
    expect(averagedWeights(program({ critic: plain })).size).toBe(0)
    expect(averagedWeights(program(undefined)).size).toBe(0)
  })
})

describe('initial slots', () => {
  test('are filled, or copies that share nothing', () => {
    const [critic] = model.objectives as [Objective]
    expect(initialSlots(model, critic, plain, weights)).toEqual({
      count: { shape: [], data: Float32Array.of(3) },
    })
    const { 'average/a': copy } = initialSlots(model, critic, averaging, weights)
    expect(copy).toEqual(weights.a)
    copy!.data.fill(0)
    expect(weights.a.data[0]).toBe(1)
  })

  test('must be copies of weights of their shape', () => {
    const [critic] = model.objectives as [Objective]
    const copying = (copyOf: string) => ({
      ...plain,
      slots: () => ({ s: { shape: [3], initial: { copyOf } } }),
    })
    expectError(() => initialSlots(model, critic, copying('a'), weights), {
      code: 'spec',
      message: /slot "s" as a copy of "a"\. Got a weight of \[2, 3\]; expected a weight of \[3\]/,
    })
    expectError(() => initialSlots(model, critic, copying('c'), weights), { message: /no such weight/ })
  })
})

describe('a state that is restored', () => {
  const shapes = { weights: { a: [2, 3] }, slots: { critic: { count: [] } } }

  test('may be partial', () => {
    checkState({}, shapes)
    checkState({ weights: { a: weights.a }, iterations: { critic: 0 } }, shapes)
    checkState({ slots: { critic: { count: { shape: [], data: Float32Array.of(1) } } } }, shapes)
  })

  test('must fit', () => {
    const b = weights.b
    const cases: [Parameters<typeof checkState>[0], RegExp][] = [
      [{ weights: { b } }, /no weight named "b"\. Expected a/],
      [{ weights: { toString: b } }, /no weight named "toString"/],
      [{ weights: { a: b } }, /the weight "a" has another shape\. Got \[3\]; expected \[2, 3\]/],
      [
        { weights: { a: { shape: [2, 3], data: b.data } } },
        /"a" does not fill its shape\. Got 3 numbers; expected 6/,
      ],
      [{ slots: { generator: {} } }, /objective "generator", which is not trained here\. Expected critic/],
      [{ slots: { critic: { b } } }, /no slot of "critic" named "b"/],
      [{ iterations: { generator: 1 } }, /"generator"/],
      [{ iterations: { critic: -1 } }, /iterations of "critic" cannot be restored\. Got -1/],
      [{ iterations: { critic: 0.5 } }, /0\.5/],
    ]
    for (const [state, message] of cases) expectError(() => checkState(state, shapes), { message })
  })
})
