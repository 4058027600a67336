import '@tensorflow/tfjs-backend-cpu'
import { core, createRegistry, type HostRecord, type Phase } from '@sandglass/core'
import { adam, type Checkpoint, type FitOptions, fit, sgd, trainer } from '@sandglass/trainer'
import { describe, expect, test } from 'vitest'
import { blobs, compiler, split } from '../index'
import { twoObjectives } from '../testing/two-objectives'

// Turns in phases, with optimizers that begin anew and a procedure at the start, train alike on every backend.

const registry = createRegistry([core, trainer, compiler, twoObjectives])
const backends = await Promise.all(
  ['onnxruntime', 'wasm', 'tensorflow'].map(async (id) => {
    const backend = registry.build('backend', { type: id })
    return [id, backend, (await backend.probe()).available] as const
  }),
)
const cpu = registry.build('backend', 'cpu')
const points = blobs({ size: 60, features: 2, classes: 3, spread: 0.5, box: 2, seed: 1 })
const data = split(points, { train: 45, validation: 15 }, { seed: 1 })

/** 5 batches an epoch, the last of 5 samples. The critic begins anew in epoch 3, the generator after 18 updates. */
const turns: readonly Phase[] = [
  { turns: [['critic']] },
  { from: { epoch: 2 }, turns: [['critic'], ['critic', 'generator']] },
  { from: { epoch: 3 }, turns: [['generator'], ['critic', 'generator', 'critic']], reset: ['critic'] },
  { from: { step: 18 }, turns: [['generator']], reset: ['generator'] },
]
const cases: Readonly<Record<string, { readonly type: string } & Record<string, unknown>>> = {
  adversaries: { type: 'acme/adversaries' },
  pretrained: { type: 'acme/pretrained', classes: 3 },
}
const options: Readonly<Record<string, Partial<FitOptions>>> = {
  adversaries: {
    turns,
    optimizer: {
      critic: adam({ learningRate: 0.01, emaMomentum: 0.8 }),
      generator: sgd({ learningRate: 0.02, momentum: 0.9 }),
    },
  },
  pretrained: {},
}
const sequences: Readonly<Record<string, string>> = {
  adversaries: 'ccccc ccgccgc gcgcgcgc gggggg'.replaceAll(' ', ''),
  pretrained: 'p'.repeat(10) + 'f'.repeat(10),
}
const base = { registry, epochs: 4, batchSize: 10, seed: 3 }

async function trained(name: string, backend: typeof cpu, more: Partial<FitOptions> = {}) {
  const steps: string[] = []
  const losses: number[] = []
  const run = fit(cases[name] as never, data, { ...base, ...options[name], ...more, backend })
  for await (const event of run)
    if (event.type === 'step') {
      steps.push(event.objective)
      losses.push(event.scalars.loss!)
    }
  const { history, checkpoint, model } = await run
  const weights = await model.weights()
  model.dispose()
  return { steps, losses, history, checkpoint, weights }
}

function expectNear(got: readonly number[], expected: readonly number[], what: string): void {
  expect(got.length, what).toBe(expected.length)
  for (const [i, value] of expected.entries())
    expect(
      Math.abs(got[i]! - value) / Math.max(1, Math.abs(value)),
      `${what} ${i}: ${got[i]} and ${value}`,
    ).toBeLessThan(2e-4)
}

function expectSameWeights(got: HostRecord, expected: HostRecord): void {
  expect(Object.keys(got)).toEqual(Object.keys(expected))
  for (const [name, { data: values }] of Object.entries(expected))
    expectNear([...got[name]!.data], [...values], name)
}

const numbers = (history: readonly Readonly<Record<string, number>>[]) =>
  history.flatMap((entry) => Object.values(entry))

describe.each(Object.keys(cases))('%s', async (name) => {
  const taken: Checkpoint[] = []
  const taker = {
    name: 'taker',
    onSettled: async (_: unknown, run: { checkpoint(): Promise<Checkpoint> }) =>
      void taken.push(await run.checkpoint()),
  }
  const reference = await trained(name, cpu, { callbacks: [taker] })

  test('changes its turns', () => {
    const sequence = reference.steps.map((objective) => objective[0]).join('')
    expect(sequence).toBe(sequences[name])
    expect(new Set(reference.losses).size).toBeGreaterThan(reference.losses.length / 2)
  })

  describe.each(backends.filter(([, , available]) => available))('on %s', (_, backend) => {
    test('has the losses, the history, the weights and the slots of cpu', async () => {
      const other = await trained(name, backend)
      expect(other.steps).toEqual(reference.steps)
      expectNear(other.losses, reference.losses, 'loss')
      expect(other.history.map((entry) => Object.keys(entry))).toEqual(
        reference.history.map((entry) => Object.keys(entry)),
      )
      expectNear(numbers(other.history), numbers(reference.history), 'figure')
      expectSameWeights(other.weights, reference.weights)
      const [mine, theirs] = [other, reference].map(({ checkpoint }) => checkpoint.training)
      expect(mine!.iterations).toEqual(theirs!.iterations)
      for (const [objective, slots] of Object.entries(theirs!.slots))
        expectSameWeights(mine!.slots[objective]!, slots)
    })

    test("goes on from cpu's checkpoints before, at and after a change of phase", async () => {
      for (const at of [4, 5, 11, 12, 13, 16, 21, 22]) {
        const resumed = await trained(name, backend, { resumeFrom: taken[at]! })
        expectNear(numbers(resumed.history), numbers(reference.history), `checkpoint ${at}, figure`)
        expectSameWeights(resumed.weights, reference.weights)
      }
    })
  })
})
