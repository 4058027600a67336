import '@sandglass/core/gradients'
import {
  type Context,
  type Controls,
  type Draws,
  type Engine,
  type EngineState,
  type EngineStep,
  evaluateStep,
  gradientStep,
  type Program,
  type TensorRecord,
  tensorSource,
  trainStep,
  updateStep,
} from '@sandglass/core'
import { type Scalar, scalar } from '@tensorflow/tfjs-core'
import { type HeldState, holdState } from './held-state'
import { packed, readPacked } from './packed'
import { disposeAll, toHost, toTensors } from './tensors'
import { uploadBatch, uploadInputs } from './upload'
import { type Compute, computeOn } from './use-backend'

/** Computes on a running backend of tfjs. */
export function openEagerEngine(program: Program, tfBackend: string, initial: EngineState): Engine {
  const compute = computeOn(tfBackend)
  const held = holdState(tfBackend, compute, initial)
  return {
    ...training(program, compute, held),
    ...inference(program, compute, held),
    read: held.read,
    write: async (state) => held.write(state),
    dispose: held.dispose,
  }
}

/** Steps, whole and in halves. */
function training(
  { model, metrics = {} }: Program,
  compute: Compute,
  held: HeldState,
): Pick<Engine, 'step' | 'gradients' | 'update'> {
  const what = ({ objective }: EngineStep) => `training "${objective.name}"`

  /** What the first half reads. Call within `tidy`, as the next. */
  function forward({ objective, batch, controls, draws }: EngineStep) {
    const context = contextOf(true, draws, controls)
    return { weights: held.weights, batch: uploadBatch(batch, objective, model.fields), context }
  }

  /** What the second half reads besides gradients. */
  function update(step: EngineStep) {
    return {
      weights: held.weights,
      slots: held.slotsOf(step),
      learningRate: scalar(step.learningRate, 'float32'),
      iteration: scalar(step.iteration, 'float32'),
    }
  }

  return {
    step: async (step) => {
      const made = compute(what(step), () => {
        const input = { ...forward(step), ...update(step) }
        const result = trainStep(step.objective, step.optimizer, metrics, input)
        return { ...held.checked(step, result), ...packed(result.scalars) }
      })
      try {
        // Read before anything is replaced: a device may report that it failed only now.
        const scalars = await readPacked(made)
        held.replace(step, made)
        return scalars
      } catch (error) {
        disposeAll(made.weights)
        disposeAll(made.slots)
        throw error
      }
    },

    gradients: async (step) => {
      const made = compute(what(step), () => {
        const result = gradientStep(step.objective, metrics, forward(step))
        const { scalars } = result
        return {
          gradients: held.apart(result.gradients),
          updates: held.apart(result.updates),
          ...packed(scalars),
        }
      })
      return read(made)
    },

    update: async (step, { gradients, updates }) => {
      const made = compute(what(step), () => {
        const input = { ...update(step), gradients: toTensors(gradients) }
        const { weights, slots } = updateStep(step.objective, step.optimizer, input)
        return held.checked(step, { weights: { ...weights, ...toTensors(updates) }, slots })
      })
      held.replace(step, made)
    },
  }
}

/** Evaluation and functions. */
function inference(
  { model, metrics = {} }: Program,
  compute: Compute,
  held: HeldState,
): Pick<Engine, 'evaluate' | 'run'> {
  return {
    evaluate: async ({ objective, batch, controls, draws, averages }) =>
      readPacked(
        compute(`evaluating "${objective.name}"`, () =>
          packed(
            evaluateStep(objective, metrics, {
              weights: held.visible(averages),
              batch: uploadBatch(batch, objective, model.fields),
              context: contextOf(false, draws, controls),
            }),
          ),
        ),
      ),

    run: async ({ name, target, inputs, size, controls, draws, averages }) => {
      const outputs = compute(`running "${name}"`, () => {
        const seen = held.visible(averages)
        const context = contextOf(false, draws, controls)
        // A function may give back a weight, which must outlive the run.
        return held.apart(target.apply(seen, uploadInputs(inputs), context, size), seen)
      })
      try {
        return await toHost(outputs)
      } finally {
        disposeAll(outputs)
      }
    },
  }
}

/** Reads what one half of a step made, and disposes of it. */
async function read(
  made: { readonly gradients: TensorRecord; readonly updates: TensorRecord } & Parameters<
    typeof readPacked
  >[0],
) {
  try {
    const reads = [readPacked(made), toHost(made.gradients), toHost(made.updates)] as const
    const [scalars, gradients, updates] = await Promise.all(reads)
    return { scalars, gradients, updates }
  } finally {
    disposeAll(made.gradients)
    disposeAll(made.updates)
  }
}

/** Call within `tidy`. */
function contextOf(training: boolean, draws: Draws, controls: Controls): Context {
  const values: Record<string, Scalar> = {}
  for (const [name, value] of Object.entries(controls)) values[name] = scalar(value, 'float32')
  return { training, random: tensorSource(draws), controls: values }
}
