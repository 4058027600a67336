import { describe, expect, test } from 'vitest'
import {
  adam,
  autoencoder,
  defaultRegistry,
  dense,
  fashionMnistExcerpt,
  fitGreedy,
  flatten,
  type GreedyOptions,
  l2,
  type ModelSpec,
  nadam,
  reshape,
  sgd,
  take,
} from '../index'
import { formulaWeights } from './formula-weights'
import golden from './greedy.golden.json'

/** 784-100-30-100-784. */
function stacked(
  activation: 'selu' | 'relu' | 'elu',
  output: 'sigmoid' | 'linear',
  rest: Partial<ModelSpec> = {},
) {
  const kernelRegularizer = activation === 'elu' ? l2({ l2: 0.0001 }) : undefined
  const layer = (units: number, last = activation as string) =>
    dense({ units, activation: last as 'selu', kernelRegularizer })
  return autoencoder({
    encoder: [flatten(), layer(100), layer(30)],
    decoder: [layer(100), layer(784, output), reshape({ shape: [28, 28] })],
    ...(rest as object),
  })
}

/** Losses of every step, by stage. */
async function losses(spec: ReturnType<typeof stacked>, options: Omit<GreedyOptions, 'epochs'>) {
  const registry = defaultRegistry()
  const train = take((await fashionMnistExcerpt()).train, 640)
  const { weights } = registry.build('model', spec, { registry, fields: { input: [28, 28] } })
  const run = fitGreedy(spec, train, {
    ...options,
    registry,
    epochs: 1,
    batchSize: 32,
    shuffle: false,
    initialWeights: formulaWeights(weights),
  })
  const found: Record<string, number[]> = { 1: [], 2: [], fineTune: [] }
  for await (const event of run) if (event.type === 'step') found[event.stage]!.push(event.scalars.loss!)
  const { model } = await run
  model.dispose()
  return found
}

function expectClose(got: readonly number[] | undefined, expected: readonly number[], what: string) {
  expect(got, what).toHaveLength(expected.length)
  for (const [step, value] of expected.entries())
    expect(Math.abs(got![step]! - value) / value, `${what}, step ${step}`).toBeLessThan(1e-4)
}

describe.each(['wasm', 'onnxruntime'])('on %s, 20 steps of each stage lose what Keras loses', (backend) => {
  test.each(['ml2', 'ml3'] as const)(
    'as separate autoencoders, stacked and fine-tuned: %s',
    async (edition) => {
      const { stages, fineTuned } = golden[edition]
      const rates = edition === 'ml2' ? [1.5, 0.05, 0.1] : [0.0005, 0.005, 0.001]
      const [first, second, last] = rates.map((learningRate) =>
        edition === 'ml2' ? sgd({ learningRate }) : nadam({ learningRate }),
      )
      const spec =
        edition === 'ml2'
          ? stacked('selu', 'sigmoid', { loss: 'binaryCrossentropy' } as object)
          : stacked('relu', 'linear')
      const got = await losses(spec, {
        backend,
        stages: [{ optimizer: first }, { optimizer: second }],
        fineTune: { optimizer: last },
      })
      expectClose(got[1], stages[0]!, 'stage 1')
      expectClose(got[2], stages[1]!, 'stage 2')
      expectClose(got.fineTune, fineTuned, 'fine-tuning')
    },
    120_000,
  )

  test.each([true, false])(
    'in phases over one model, codings kept: %s',
    async (cache) => {
      const got = await losses(stacked('elu', 'linear'), {
        backend,
        cache,
        procedure: 'phases',
        optimizer: adam({ learningRate: 0.01 }),
      })
      expectClose(got[1], golden.phases.stages[0]!, 'phase 1')
      expectClose(got[2], golden.phases.stages[1]!, 'phase 2')
    },
    120_000,
  )
})
