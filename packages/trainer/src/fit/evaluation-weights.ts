import {
  type HostRecord,
  type Model,
  type Optimizer,
  SandglassError,
  sameShape,
  showShape,
  type TrainingState,
} from '@sandglass/core'

type Optimizers = Readonly<Record<string, Optimizer>>

/** The weights to evaluate with: averaged ones where an optimizer keeps them, as sessions do it. */
export function evaluationWeights(state: TrainingState, model: Model, optimizers: Optimizers): HostRecord {
  const result = { ...state.weights }
  for (const { objective, name, slot } of averages(model, optimizers)) {
    const average = state.slots[objective]?.[slot]
    if (average) result[name] = average
  }
  return result
}

/** What to restore for a session to have and to evaluate with these weights. */
export function withWeights(
  weights: HostRecord,
  model: Model,
  optimizers: Optimizers,
): Partial<TrainingState> {
  const slots: Record<string, HostRecord> = {}
  for (const { objective, name, slot } of averages(model, optimizers))
    if (weights[name]) slots[objective] = { ...slots[objective], [slot]: weights[name] }
  return { weights, slots }
}

/** Throws `SandglassError` unless every given weight is one of the model's, in its shape. */
export function checkInitialWeights(model: Model, weights: HostRecord): void {
  for (const [name, { shape, data }] of Object.entries(weights)) {
    const declared = Object.hasOwn(model.weights, name) ? model.weights[name] : undefined
    if (!declared)
      throw new SandglassError('spec', `initialWeights: the model has no weight "${name}"`, {
        expected: Object.keys(model.weights).join(', '),
      })
    const size = declared.shape.reduce((product, extent) => product * extent, 1)
    if (!sameShape(shape, declared.shape) || data.length !== size)
      throw new SandglassError('shape', `initialWeights: the weight "${name}" does not fit`, {
        got: `${data.length} numbers of shape ${showShape(shape)}`,
        expected: `${size} of ${showShape(declared.shape)}`,
      })
  }
}

function averages(model: Model, optimizers: Optimizers): { objective: string; name: string; slot: string }[] {
  return model.objectives.flatMap(({ name: objective, trains }) => {
    const prefix = optimizers[objective]?.averaged
    return prefix === undefined ? [] : trains.map((name) => ({ objective, name, slot: `${prefix}/${name}` }))
  })
}
