import '@tensorflow/tfjs-backend-cpu'
import { type Backend, isSandglassError, type Kind, type Program } from '@sandglass/core'
import { describe, expect, test } from 'vitest'
import {
  activationOptions,
  bareCases,
  corruptionOptions,
  denseCase,
  layerCases,
  lossCases,
  mappingRegularizerCases,
  modelCases,
  optimizerOptions,
  regularizerOptions,
} from './cases'
import { batchAt, expectParity, objectiveOf, type ParityCase, programOf, registry, train } from './fixture'

const eager = registry.build('backend', 'cpu')

/** Trains a program on `compiled` and on cpu, from one seed, and evaluates; throws unless they agree. */
export async function compare(
  compiled: Backend,
  one: ParityCase,
  program: Program = programOf(one),
): Promise<void> {
  const [a, b] = [await compiled.open(program), await eager.open(program)]
  try {
    expectParity(await train(a, one), await train(b, one))
    const request = { objective: objectiveOf(one), batch: batchAt(one, 0), index: 0 }
    const [got, wanted] = [await a.evaluate(request), await b.evaluate(request)]
    expect(Object.keys(got)).toEqual(Object.keys(wanted))
    for (const [name, value] of Object.entries(wanted))
      expect(Math.abs(got[name]! - value), name).toBeLessThanOrEqual(2e-4 * Math.max(1, Math.abs(value)))
  } finally {
    a.dispose()
    b.dispose()
  }
}

/** Rows `[type, case]` for every registered definition of a kind. Those without a case fail as tests of their own. */
function rowsOf(
  kind: Kind,
  casesOf: (type: string) => readonly ParityCase[] | undefined,
): [string, ParityCase | undefined][] {
  return registry.list(kind).flatMap(({ type }): [string, ParityCase | undefined][] => {
    const cases = casesOf(type)
    return cases?.length
      ? cases.map((one, i): [string, ParityCase] => [i ? `${type} (${i + 1})` : type, one])
      : [[type, undefined]]
  })
}

/** Whether there is such a model. */
function builds(one: ParityCase): boolean {
  try {
    programOf(one)
    return true
  } catch (error) {
    if (isSandglassError(error)) return false
    throw error
  }
}

/** Options under those names that the definition knows. */
function accepted(kind: Kind, type: string, options: object = {}): object {
  const names = Object.keys(registry.get(kind, type).schema.shape)
  return { type, ...Object.fromEntries(Object.entries(options).filter(([name]) => names.includes(name))) }
}

/** Tests of every registered definition in a small model; `change` may shorten cases. */
export function definitionsAgree(compiled: Backend, change = (one: ParityCase) => one): void {
  const compareRow = async (_: string, one: ParityCase | undefined) => {
    if (!one) throw new Error('has no case in cases.ts')
    await compare(compiled, change(one))
  }

  describe('layers', () => {
    test.each(rowsOf('layer', (type) => layerCases[type] ?? bareCases(type).filter(builds)))('%s', compareRow)
  })

  describe('models', () => {
    test.each(rowsOf('model', (type) => modelCases[type]))('%s', compareRow)
  })

  describe('losses', () => {
    test.each(rowsOf('loss', (type) => lossCases[type]))('%s', compareRow)
  })

  describe('activations', () => {
    const rows = rowsOf('activation', (type) => {
      const activation = accepted('activation', type, activationOptions[type]) as never
      const layers = [{ type: 'dense', units: 3, activation }] as never
      return [denseCase({ model: { encoder: layers } })]
    })
    test.each(rows)('%s', compareRow)
  })

  describe('regularizers, of kernels and of outputs', () => {
    const rows = rowsOf('regularizer', (type) => {
      const options = regularizerOptions[type]
      if (!options) return undefined
      const penalty = accepted('regularizer', type, options) as never
      const activity = { type: 'dense', units: 3, activation: 'sigmoid', activityRegularizer: penalty }
      // What is for activations in (0, 1) would make weights infinite.
      const kernel = type === 'klSparsity' ? activity : { ...activity, kernelRegularizer: penalty }
      return [denseCase({ model: { encoder: [kernel] as never } })]
    })
    test.each(rows)('%s', compareRow)
  })

  describe('regularizers of mappings', () => {
    test.each(rowsOf('mappingRegularizer', (type) => mappingRegularizerCases[type]))('%s', compareRow)
  })

  describe('corruptions', () => {
    const rows = rowsOf('corruption', (type) => {
      const options = corruptionOptions[type]
      return options && [denseCase({ model: { corruption: accepted('corruption', type, options) as never } })]
    })
    test.each(rows)('%s', compareRow)
  })

  describe('optimizers', () => {
    const rows = rowsOf('optimizer', (type) =>
      optimizerOptions[type]?.map((options) =>
        denseCase({ optimizer: { type, ...options }, learningRate: 0.01, steps: 8 }),
      ),
    )
    test.each(rows)('%s', compareRow)
  })

  describe('metrics', () => {
    const rows = registry.list('metric').map(({ type }) => [type])
    test.each(rows)('%s', async (type) => {
      const whole = type!.startsWith('sparse')
      const one = whole ? lossCases.sparseCategoricalCrossentropy![0]! : denseCase({ steps: 1 })
      await compare(compiled, one, { ...programOf(one), metrics: { metric: registry.build('metric', type) } })
    })
  })
}
