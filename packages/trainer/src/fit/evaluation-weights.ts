import {
  averagedSlots,
  averagedWeights,
  type HostRecord,
  type Model,
  type Optimizer,
  SandglassError,
  sameShape,
  showShape,
  type TrainingState,
} from '@sandglass/core'

interface Trained {
  readonly model: Model
  readonly optimizers: Readonly<Record<string, Optimizer>>
}

/** The weights to evaluate with: averaged ones where an optimizer keeps them, as sessions do it. */
export function evaluationWeights({ weights, slots }: TrainingState, trained: Trained): HostRecord {
  const averaged = [...averagedWeights(trained)].flatMap(([name, { objective, slot }]) => {
    const average = slots[objective]?.[slot]
    return average ? [[name, average] as const] : []
  })
  return { ...weights, ...Object.fromEntries(averaged) }
}

/** What to restore for a session to have and to evaluate with these weights. */
export function withWeights(weights: HostRecord, trained: Trained): Partial<TrainingState> {
  const slots: Record<string, HostRecord> = {}
  for (const { objective, weight, slot } of averagedSlots(trained))
    if (weights[weight]) slots[objective] = { ...slots[objective], [slot]: weights[weight] }
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
