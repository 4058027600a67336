import type { Context, Controls, Model, ModelFunction, Objective, TensorRecord } from '@sandglass/core'
import { scalar, type Tensor } from '@tensorflow/tfjs-core'
import { testRandom } from '../test-random'
import type { ModelCase } from './cases'
import { type Checker, sample } from './checker'
import { batched, makeWeights, named } from './weights'

/** A model under test, and what its maths is called with. */
export interface ModelSubject {
  readonly checker: Checker
  readonly model: Model
  readonly options: ModelCase
  readonly batch: number
  /** All weights, in the order of their declaration. */
  weights(): Tensor[]
  /** Weights by name, out of a list that begins with them. */
  weightsOf(tensors: readonly Tensor[]): TensorRecord
  /** What comes after them, under these names. */
  restOf(tensors: readonly Tensor[], names: readonly string[]): TensorRecord
  /** Fields of the batch that an objective is tried with, and their values. */
  fieldsOf(objective: Objective): { readonly names: readonly string[]; make(seed?: number): Tensor[] }
  inputsOf(fn: ModelFunction): { readonly names: readonly string[]; make(seed?: number): Tensor[] }
  /** With fresh random numbers, the same at every call. Call within `tidy`. */
  context(training: boolean): Context
  /** Values of the controls; another set of them for another `round`. */
  controls(round?: number): Controls
}

export function modelSubject(checker: Checker, model: Model, options: ModelCase): ModelSubject {
  const { fields, ranges = {}, batch = 4 } = options
  const count = Object.keys(model.weights).length
  const values = (names: readonly string[], shapes: ModelCase['fields'], seed: number) =>
    names.map((name, i) => sample(batched(batch, shapes[name]!), seed + i, ranges[name] ?? [0.1, 0.9]))

  function controls(round = 0): Controls {
    const declared = Object.entries(model.controls ?? {})
    return Object.fromEntries(
      declared.map(([name, source], i) => {
        const value = options.controls?.[name] ?? (typeof source === 'number' ? source : 0.5)
        return [name, value + round * (0.25 + 0.125 * i)]
      }),
    )
  }

  return {
    checker,
    model,
    options,
    batch,
    weights: () => makeWeights(model.weights),
    weightsOf: (tensors) => named(model.weights, tensors),
    restOf: (tensors, names) => Object.fromEntries(names.map((name, i) => [name, tensors[count + i]!])),
    fieldsOf: (objective) => {
      const names = Object.entries(objective.fields).flatMap(([field, need]) =>
        need === 'required' || field in fields ? [field] : [],
      )
      return { names, make: (seed = 40) => values(names, fields, seed) }
    },
    inputsOf: ({ inputs }) => {
      const names = Object.keys(inputs)
      return { names, make: (seed = 60) => values(names, inputs, seed) }
    },
    context: (training) => ({
      training,
      random: testRandom(3),
      controls: Object.fromEntries(Object.entries(controls()).map(([name, value]) => [name, scalar(value)])),
    }),
    controls,
  }
}
