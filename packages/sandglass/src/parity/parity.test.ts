import type { Kind, Model, Objective, Program } from '@sandglass/core'
import * as tf from '@tensorflow/tfjs-core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { denseCase, lossCases } from './cases'
import { compare, definitionsAgree } from './definitions-agree'
import { batchAt, differencesOf, expectParity, type ParityCase, programOf, registry, train } from './fixture'
import { wholeModels } from './whole-models'

// Compiled and eager training from one seed must agree.

const eager = registry.build('backend', 'cpu')
const compiled = registry.build('backend', { type: 'onnxruntime', threads: 1 })

definitionsAgree(compiled)

describe('whole models', () => {
  test.each(wholeModels)('%s', async (_, one) => {
    await compare(compiled, one)
  })
})

test('random small models agree', async () => {
  const names = (kind: Kind, but: readonly string[] = []) =>
    fc.constantFrom(
      ...registry
        .list(kind)
        .map(({ type }) => type)
        .filter((type) => !but.includes(type)),
    )
  // Those need options, or grow without bound.
  const activation = names('activation', ['threshold', 'exponential', 'squareplus'])
  const layer = fc.record({ units: fc.integer({ min: 1, max: 7 }), activation })
  const loss = names(
    'loss',
    Object.keys(lossCases).filter((type) => !/^(mean(Squared|Absolute)Error|huber|logCosh)$/.test(type)),
  )
  const cases = fc.record({
    encoder: fc.array(layer, { minLength: 1, maxLength: 3 }),
    decoder: fc.array(layer, { maxLength: 2 }),
    inputs: fc.integer({ min: 1, max: 6 }),
    batch: fc.integer({ min: 1, max: 5 }),
    rate: fc.constantFrom(0, 0.5),
    loss,
    optimizer: names('optimizer'),
  })
  await fc.assert(
    fc.asyncProperty(cases, async ({ encoder, decoder, inputs, batch, rate, ...rest }) => {
      const dense = (options: object) => ({ type: 'dense', ...options })
      await compare(compiled, {
        fields: { input: [inputs] },
        batch,
        steps: 3,
        learningRate: 0.01,
        optimizer: rest.optimizer,
        model: {
          encoder: [{ type: 'dropout', rate }, ...encoder.map(dense)],
          decoder: [...decoder.map(dense), dense({ units: inputs, activation: 'sigmoid' })],
          loss: rest.loss,
        } as unknown as ParityCase['model'],
      })
    }),
    { numRuns: 25, seed: 3 },
  )
})

describe('second order: a penalty on the gradient of the reconstruction in the input', () => {
  const smooth = ['celu', 'elu', 'gelu', 'mish', 'selu', 'sigmoid', 'silu', 'softmax', 'softplus', 'tanh']

  function withPenalty(one: ParityCase): Program {
    const program = programOf(one)
    const { model } = program
    const change = (objective: Objective): Objective => ({
      ...objective,
      loss: (weights, batch, context) => {
        const plain = objective.loss(weights, batch, context)
        const energy = (input: tf.Tensor) =>
          tf.sum(
            tf.square(model.functions.reconstruct!.apply(weights, { input }, context).output!),
          ) as tf.Scalar
        const penalty = tf.mean(tf.square(tf.grad(energy)(batch.input!))) as tf.Scalar
        return {
          ...plain,
          total: tf.add(plain.total, penalty) as tf.Scalar,
          parts: { ...plain.parts, penalty },
        }
      },
    })
    return { ...program, model: { ...model, objectives: model.objectives.map(change) } as Model }
  }

  test.each(smooth)('%s', async (activation) => {
    const one = denseCase({
      model: { encoder: [{ type: 'dense', units: 3, activation }] as never },
      learningRate: 0.1,
      steps: 4,
    })
    const program = withPenalty(one)
    await compare(compiled, one, program)

    // One step of plain gradient descent is the gradient itself.
    const session = await compiled.open(program)
    const request = { objective: 'reconstruction', batch: batchAt(one, 0) }
    const { weights } = await session.state()
    await session.step({ ...request, step: 0, learningRate: 1 })
    const after = (await session.state()).weights
    const lossAt = async (name: string, index: number, change: number) => {
      const { shape, data } = weights[name]!
      const moved = Float32Array.from(data)
      moved[index]! += change
      await session.restore({ weights: { ...weights, [name]: { shape, data: moved } } })
      return (await session.evaluate({ ...request, index: 0 })).loss!
    }
    for (const [name, index] of [
      ['encoder/0/kernel', 4],
      ['decoder/0/kernel', 5],
      ['encoder/0/bias', 1],
    ] as const) {
      const gradient = weights[name]!.data[index]! - after[name]!.data[index]!
      const numeric = ((await lossAt(name, index, 0.01)) - (await lossAt(name, index, -0.01))) / 0.02
      expect(Math.abs(gradient - numeric), `${name}[${index}]: ${gradient} and ${numeric}`).toBeLessThan(
        2e-4 + 0.01 * Math.abs(numeric),
      )
    }
    session.dispose()
  })
})

describe('checkpoints are interchangeable', () => {
  const one = {
    ...denseCase({ optimizer: { type: 'adam', emaMomentum: 0.9 }, learningRate: 0.01 }),
    model: {
      encoder: [
        { type: 'dropout', rate: 0.2 },
        { type: 'dense', units: 6, activation: 'selu' },
        { type: 'batchNormalization', momentum: 0.9 },
      ],
      decoder: [{ type: 'dense', units: 4, activation: 'sigmoid' }],
      loss: 'binaryCrossentropy',
    } as unknown as ParityCase['model'],
  }

  test.each([
    ['eager to compiled', eager, compiled],
    ['compiled to eager', compiled, eager],
  ])('%s', async (_, from, to) => {
    const program = programOf(one)
    const [whole, first, second] = [
      await from.open(program),
      await from.open(program),
      await to.open(programOf(one, 99)),
    ]
    const reference = await train(whole, one, 0, 20)
    await train(first, one, 0, 10)
    const state = await first.state()
    const seeded = await to.open(program)
    for (const session of [second, seeded]) await session.restore(state)
    const rest = await train(seeded, one, 10, 20)
    expectParity(rest, { ...reference, losses: reference.losses.slice(10) })
    const [end, wanted] = [await seeded.state(), await whole.state()]
    expect(end.iterations).toEqual(wanted.iterations)
    const slots = (s: typeof end) => ({ losses: [], weights: s.slots.reconstruction! })
    expectParity(slots(end), slots(wanted))
    // The seed, which is not part of the state, decides what dropout drops.
    const other = await train(second, one, 10, 20)
    expect(differencesOf(other, { ...reference, losses: reference.losses.slice(10) }).loss).toBeGreaterThan(
      1e-3,
    )
    for (const session of [whole, first, second, seeded]) session.dispose()
  })
})
