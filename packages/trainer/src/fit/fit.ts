import {
  type AnyDataset,
  type Attachments,
  type Batch,
  type Channel,
  type Model,
  type ModelSpec,
  type Monitored,
  type Session,
  type Splits,
  type TrainedModel,
  type Watched,
  watch,
} from '@sandglass/core'
import { backendOf, isBackend } from '../backends/choose-backend'
import type { Checkpoint } from '../checkpoint/checkpoint'
import { identityOf } from '../checkpoint/identity'
import { createTrainedModel } from '../model/trained-model'
import { withFunctions } from '../model/with-functions'
import { checkFields } from './data'
import { checkInitialWeights, evaluationWeights, withWeights } from './evaluation-weights'
import type { FitEvent, StopReason } from './events'
import { requireFinite } from './finiteness'
import type { HistoryEntry } from './history'
import { hookOf } from './hooks'
import { rateOfSteps, trainLoop } from './loop'
import type { Loop } from './loop-parts'
import type { FitOptions } from './options'
import { performStart } from './perform-start'
import { type Plan, planRun } from './plan'
import { beginProgress, knownBatches, nameCallbacks, type Progress, restoreCallbacks } from './progress'
import { createRunHandle } from './run-handle'
import { createSetFields } from './set-fields'

export interface FitResult {
  /** Holds the backend's session until it is disposed of. */
  readonly model: TrainedModel
  readonly history: readonly HistoryEntry[]
  readonly stopped: StopReason
  /** Updates a second while training, validation and callbacks between epochs left out. */
  readonly stepsPerSecond: number
  /** Where the model really ran. */
  readonly backend: { readonly id: string; readonly device: string }
  readonly seed: number
  /** The figure by which the run was judged. */
  readonly monitor: Monitored
  /** Where the run stands, for `resumeFrom`. */
  readonly checkpoint: Checkpoint
}

/** A run under way: await its result, or iterate over its events, or both. */
export type FitRun = Watched<FitEvent, FitResult>

/**
 * Trains a model. The same options, data and backend give the same weights and history to the last bit, also when the
 * run was stopped after any update and resumed from its checkpoint.
 *
 * Rejects with `SandglassError`: `spec` on options that make no sense, `data` on data that is empty, too small or not
 * finite, `shape` when data and model do not fit, `backend` when the backend cannot run the model, `numeric` when the
 * loss is no longer finite.
 */
export function fit(
  model: ModelSpec | Model,
  data: Splits<AnyDataset> | AnyDataset,
  options: FitOptions,
): FitRun {
  return watch((channel) => runFit(model, data, options, channel))
}

/** `fit` that sends its events to a channel that the caller already has. */
export async function runFit(
  target: ModelSpec | Model,
  data: Splits<AnyDataset> | AnyDataset,
  options: FitOptions,
  channel: Channel<FitEvent>,
): Promise<FitResult> {
  const plan = await planRun(target, data, options)
  const { model, seed, optimizers, metrics } = plan
  const { initialWeights, resumeFrom } = options
  const progress = beginProgress(plan, await identityOf(plan), resumeFrom)
  if (initialWeights) checkInitialWeights(model, initialWeights)
  const functions = Object.assign({}, ...plan.callbacks.map((callback) => callback.functions?.(model)))
  restoreCallbacks(plan.callbacks, resumeFrom)

  const program = { model: withFunctions(model, functions), seed, optimizers, metrics }
  const { backend: wanted = 'auto', onBackend } = options
  if (!isBackend(wanted)) await plan.registry.load(wanted)
  const backend = backendOf(wanted, plan.registry, onBackend)
  const session = await backend.open(program)
  try {
    if (resumeFrom) await session.restore(resumeFrom.training)
    else if (initialWeights) await session.restore(withWeights(initialWeights, plan))
    return await train(plan, session, progress, options, channel)
  } catch (error) {
    session.dispose()
    throw error
  }
}

async function train(
  plan: Plan,
  session: Session,
  progress: Progress,
  options: FitOptions,
  channel: Channel<FitEvent>,
): Promise<FitResult> {
  const { signal, resumeFrom } = options
  const { model, optimizers, seed, epochs, callbacks } = plan
  const { backend } = session
  const { history } = progress
  let batch: Batch | undefined
  let final: Checkpoint | undefined
  const fitted = { ...options.attachments, ...resumeFrom?.attachments }
  const fields = fieldsOf(plan, resumeFrom)
  const control = createRunHandle({
    plan,
    session,
    progress,
    fields,
    fitted,
    batch: () => batch,
    checkpoint: async () => {
      if (final) return final
      const checkpoint = await checkpointOf(plan, session, progress, { fitted, fields })
      requireFinite(checkpoint.training.weights, progress.position.step)
      return checkpoint
    },
  })

  const start: FitEvent = {
    type: 'start',
    backend,
    seed,
    epochs,
    batches: knownBatches(progress),
    samples: plan.train.size,
    validationSamples: plan.validation ? plan.validation.size : 0,
    monitor: plan.monitor,
    resumedAt: resumeFrom?.position.step,
  }
  channel.send(start)
  await performStart({ plan, session, progress, run: control, attachments: fitted, channel, signal })
  await hookOf(callbacks, 'onStart').call(start, control)
  checkFields(model, fields.train.data)
  if (fields.validation) checkFields(model, fields.validation.data)

  const onBatch = (next: Batch) => {
    batch = next
  }
  const { steps, seconds } = await trainLoop({
    plan,
    session,
    progress,
    run: control,
    channel,
    signal,
    fields,
    onBatch,
  })

  const stopped = progress.stopped ?? (progress.position.epoch < epochs ? 'aborted' : 'completed')
  const stepsPerSecond = rateOfSteps(steps, seconds)
  const checkpoint = await checkpointOf(plan, session, progress, { fitted, fields })
  final = checkpoint
  if (Object.values(optimizers).some(({ averaged }) => averaged !== undefined))
    await control.setWeights(evaluationWeights(checkpoint.training, plan))
  const end: FitEvent = { type: 'end', stopped, step: progress.position.step, history, stepsPerSecond }
  await hookOf(callbacks, 'onEnd').call(end, control)
  channel.send(end)
  return {
    model: createTrainedModel(model, session, {
      seed,
      attachments: fitted,
      controls: progress.controls,
      extras: options.extras,
      setWeights: control.setWeights,
    }),
    history,
    stopped,
    stepsPerSecond,
    backend,
    seed,
    monitor: plan.monitor,
    checkpoint,
  }
}

async function checkpointOf(
  plan: Plan,
  session: Session,
  progress: Progress,
  { fitted, fields }: { fitted: Attachments; fields: Loop['fields'] },
): Promise<Checkpoint> {
  const set = { train: fields.train.state(), validation: fields.validation?.state() ?? {} }
  const batches = plan.batches === undefined ? knownBatches(progress) : undefined
  const { position, history, means, controls, stopped, started } = progress
  const states = [...nameCallbacks(plan.callbacks)].flatMap(([name, callback]) => {
    const state = callback.state?.()
    return state ? [[name, state] as const] : []
  })
  return {
    seed: plan.seed,
    position: { ...position },
    training: await session.state(),
    attachments: { ...fitted },
    ...(Object.values(set).some((each) => Object.keys(each).length) && { fields: set }),
    ...(batches !== undefined && { batches }),
    controls: { ...controls },
    history: [...history],
    means: Object.fromEntries([...means].map(([name, each]) => [name, each.state()])),
    callbacks: Object.fromEntries(states),
    ...(stopped !== undefined && { stopped }),
    ...(!started && { pending: 'start' as const }),
    identity: progress.identity,
  }
}

function fieldsOf({ model, train, validation }: Plan, checkpoint?: Checkpoint): Loop['fields'] {
  const { fields } = checkpoint ?? {}
  return {
    train: createSetFields(train, model, fields?.train),
    ...(validation && { validation: createSetFields(validation, model, fields?.validation) }),
  }
}
