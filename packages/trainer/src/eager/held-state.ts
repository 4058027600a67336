import {
  type AveragedWeights,
  clearsNearlyZero,
  type EngineState,
  type EngineStep,
  type HostRecord,
  type TensorRecord,
} from '@sandglass/core'
import type { Tensor } from '@tensorflow/tfjs-core'
import { adopt, disposeAll, owned, shapesOf, toHost, toTensors, unshared, withoutNearlyZero } from './tensors'
import { type Compute, useTfBackend } from './use-backend'

/** New weights, and slots of one objective. */
export interface Made {
  readonly weights: TensorRecord
  readonly slots: TensorRecord
}

/** The weights and slots of a session, on its device. */
export interface HeldState {
  readonly weights: TensorRecord
  slotsOf(step: Pick<EngineStep, 'objective'>): TensorRecord
  /** Weights to evaluate with. */
  visible(averages: AveragedWeights): TensorRecord
  /** What a step made, checked, and each tensor safe to dispose on its own. Call within `tidy`. */
  checked(step: EngineStep, made: Made): Made
  /** Tensors that may be weights, each safe to dispose on its own. Call within `tidy`. */
  apart(tensors: TensorRecord, seen?: TensorRecord): TensorRecord
  /** Replaces what a step made anew. Cannot fail. */
  replace(step: EngineStep, made: Made): void
  read(): Promise<EngineState>
  write(state: Partial<EngineState>): void
  dispose(): void
}

export function holdState(tfBackend: string, compute: Compute, initial: EngineState): HeldState {
  const weights: TensorRecord = {}
  const slots = new Map<string, TensorRecord>()

  function write({ weights: newWeights = {}, slots: newSlots = {} }: Partial<EngineState>): void {
    const own = Object.entries(newSlots)
    const made = compute('restoring', () => ({
      weights: toTensors(newWeights),
      slots: own.map(([, record]) => toTensors(record)),
    }))
    adopt(weights, made.weights)
    for (const [i, [name]] of own.entries()) {
      const held = slots.get(name) ?? {}
      slots.set(name, held)
      adopt(held, made.slots[i]!)
    }
  }

  function slotsOf({ objective }: Pick<EngineStep, 'objective'>): TensorRecord {
    return slots.get(objective.name)!
  }

  write(initial)
  return {
    weights,
    slotsOf,
    visible: (averages) => {
      const averaged = [...averages].map(([name, { objective, slot }]) => [name, slots.get(objective)![slot]])
      return { ...weights, ...Object.fromEntries(averaged) }
    },
    checked: (step, made) => {
      const held = slotsOf(step)
      const taken = new Set<Tensor>([...Object.values(weights), ...Object.values(held)])
      const cleared = clearsNearlyZero(step.iteration)
        ? withoutNearlyZero
        : (tensors: TensorRecord) => tensors
      const slot = `slot of "${step.objective.name}"`
      return {
        weights: owned(cleared(made.weights), shapesOf(weights), taken, 'weight'),
        slots: owned(cleared(made.slots), shapesOf(held), taken, slot),
      }
    },
    apart: (tensors, seen = weights) => {
      const taken = new Set<Tensor>(Object.values(seen))
      return Object.fromEntries(
        Object.entries(tensors).map(([name, tensor]) => [name, unshared(tensor, taken)]),
      )
    },
    replace: (step, made) => {
      adopt(weights, made.weights)
      adopt(slotsOf(step), made.slots)
    },
    read: async () => {
      useTfBackend(tfBackend)
      const read: Promise<HostRecord>[] = [weights, ...slots.values()].map(toHost)
      const [weightValues, ...slotValues] = await Promise.all(read)
      return {
        weights: weightValues!,
        slots: Object.fromEntries([...slots.keys()].map((name, i) => [name, slotValues[i]!])),
      }
    },
    write,
    dispose: () => {
      disposeAll(weights)
      for (const own of slots.values()) disposeAll(own)
    },
  }
}
