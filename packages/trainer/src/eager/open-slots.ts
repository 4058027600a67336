import {
  type HostRecord,
  type Model,
  type Objective,
  type Optimizer,
  SandglassError,
  type Shape,
  sameShape,
  showShape,
  sizeOf,
} from '@sandglass/core'

/** The slots that an optimizer starts with for an objective's weights. */
export function openSlots(
  objective: Objective,
  optimizer: Optimizer,
  model: Model,
  weights: HostRecord,
): HostRecord {
  const trained = Object.fromEntries(objective.trains.map((name) => [name, model.weights[name]!.shape]))
  return Object.fromEntries(
    Object.entries(optimizer.slots(trained)).map(([name, { shape, initial }]) => {
      if (typeof initial === 'number')
        return [name, { shape, data: new Float32Array(sizeOf(shape)).fill(initial) }]
      return [name, { shape, data: copyOf(name, initial.copyOf, shape, weights) }]
    }),
  )
}

function copyOf(slot: string, name: string, shape: Shape, weights: HostRecord): Float32Array {
  const weight = weights[name]
  if (!weight || !sameShape(weight.shape, shape))
    throw new SandglassError('spec', `the optimizer starts its slot "${slot}" as a copy of "${name}"`, {
      got: weight ? `a weight of ${showShape(weight.shape)}` : 'no such weight',
      expected: `a weight of ${showShape(shape)}`,
    })
  return Float32Array.from(weight.data)
}
