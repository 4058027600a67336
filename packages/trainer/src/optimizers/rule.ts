import {
  type Optimizer,
  SandglassError,
  type Shape,
  type SlotDeclaration,
  type TensorRecord,
} from '@sandglass/core'
import type { Scalar, Tensor } from '@tensorflow/tfjs-core'

/** New values of one weight and its slots. */
export interface Updated {
  readonly weight: Tensor
  readonly slots?: TensorRecord
}

/** Updates one weight; `slots` by local name (`momentum`), all of the weight's shape. */
export type UpdateWeight = (weight: Tensor, gradient: Tensor, slots: TensorRecord) => Updated

/** An update rule in its smallest form, written for one weight; `fromRule` makes an optimizer of it. */
export interface Rule {
  /** Slots of every weight, and the number that each is filled with at first. */
  readonly slots?: Readonly<Record<string, number>>
  /** Scalar slots that all weights share, and their first values. */
  readonly shared?: Readonly<Record<string, number>>
  /** Does once an update what does not depend on the weight, and returns the update of a weight. */
  begin(input: {
    readonly learningRate: Scalar
    /** 1 at the first update. */
    readonly iteration: Scalar
    readonly shared: TensorRecord
  }): { readonly update: UpdateWeight; readonly shared?: TensorRecord }
}

/** Applies a rule to every weight. Slots are `${slot}/${weight}`; shared ones have just their name. */
export function fromRule(rule: Rule, learningRate: Optimizer['learningRate']): Optimizer {
  const local = Object.entries(rule.slots ?? {})
  const common = Object.entries(rule.shared ?? {})
  return {
    learningRate,
    slots: (weights) => ({
      ...Object.fromEntries(common.map(([slot, initial]) => [slot, { shape: [], initial }])),
      ...slotsPerWeight(weights, local),
    }),
    update: ({ weights, slots, gradients, learningRate, iteration }) => {
      const shared = Object.fromEntries(common.map(([slot]) => [slot, named(slots, slot, 'slot')]))
      const step = rule.begin({ learningRate, iteration, shared })
      const next = { weights: {} as TensorRecord, slots: { ...step.shared } }
      for (const [name, weight] of Object.entries(weights)) {
        const own = Object.fromEntries(local.map(([slot]) => [slot, named(slots, `${slot}/${name}`, 'slot')]))
        const updated = step.update(weight, named(gradients, name, 'gradient'), own)
        next.weights[name] = updated.weight
        for (const [slot, value] of Object.entries(updated.slots ?? {})) next.slots[`${slot}/${name}`] = value
      }
      return next
    },
  }
}

function slotsPerWeight(
  weights: Readonly<Record<string, Shape>>,
  slots: readonly (readonly [string, number])[],
): Record<string, SlotDeclaration> {
  return Object.fromEntries(
    slots.flatMap(([slot, initial]) =>
      Object.entries(weights).map(([name, shape]) => [`${slot}/${name}`, { shape, initial }]),
    ),
  )
}

/** A tensor that must be there. */
export function named(record: TensorRecord, name: string, what: string): Tensor {
  const tensor = record[name]
  if (!tensor)
    throw new SandglassError('spec', `the optimizer was given no ${what} "${name}"`, {
      got: Object.keys(record).join(', ') || 'none at all',
      advice: 'Was the state saved with another optimizer, or with other options?',
    })
  return tensor
}
