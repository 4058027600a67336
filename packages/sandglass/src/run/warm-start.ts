import {
  type Backend,
  type HostRecord,
  type Monitored,
  type OptimizerSpec,
  type Registry,
  SandglassError,
  type Spec,
  type Splits,
} from '@sandglass/core'
import { encoderWeights } from '@sandglass/tasks'
import { type FitEvent, fit, fitGreedy, type HistoryEntry } from '@sandglass/trainer'
import { isOne, type RunOptimizers } from './optimizers'
import type { RunPlan } from './run-plan'
import type { WarmStart } from './warm-start-spec'

/** What a training before the proper one went through. */
export interface EarlierTraining {
  /** `stage 1`, `pretraining`. */
  readonly training: string
  readonly history: readonly HistoryEntry[]
  /** The figure that it is judged by. Default: the validation loss. */
  readonly monitor?: Monitored
}

export interface WarmStartOptions {
  readonly registry: Registry
  readonly backend: Backend
  readonly signal?: AbortSignal
  readonly onTraining?: (training: string) => void
  readonly onEvent?: (event: FitEvent) => void
}

interface WarmedUp {
  readonly weights: HostRecord
  readonly trainings: EarlierTraining[]
}

/**
 * Trains what comes first and returns the weights to begin with, or undefined if `signal` was aborted. Throws what `fit`
 * and `fitGreedy` throw, and `SandglassError` (`spec`) when an autoencoder has no encoder.
 */
export async function warmStart(
  own: WarmStart,
  plan: Pick<RunPlan, 'model' | 'settings'>,
  data: Splits,
  place: WarmStartOptions,
): Promise<WarmedUp | undefined> {
  return own.type === 'pretraining' ? pretrain(own, plan, data, place) : trainGreedily(own, plan, data, place)
}

async function pretrain(
  own: Extract<WarmStart, { type: 'pretraining' }>,
  { settings }: Pick<RunPlan, 'settings'>,
  data: Splits,
  { onTraining, onEvent, ...place }: WarmStartOptions,
): Promise<WarmedUp | undefined> {
  const run = fit(own.model, data, {
    ...place,
    ...countsOf(own, settings),
    optimizer: own.optimizer ?? (singleOf(settings.optimizer) as OptimizerSpec | undefined),
  })
  onTraining?.(own.type)
  for await (const event of run) onEvent?.(event)
  const { model: trained, history, stopped, monitor } = await run
  try {
    if (stopped === 'aborted') return undefined
    return {
      weights: encoderWeights(await trained.weights()),
      trainings: [{ training: own.type, history, monitor }],
    }
  } finally {
    trained.dispose()
  }
}

async function trainGreedily(
  own: Extract<WarmStart, { type: 'greedy' }>,
  { model, settings }: Pick<RunPlan, 'model' | 'settings'>,
  data: Splits,
  { onTraining, onEvent, ...place }: WarmStartOptions,
): Promise<WarmedUp | undefined> {
  const optimizer = own.optimizer ?? (singleOf(settings.optimizer) as OptimizerSpec | undefined)
  if (!optimizer)
    throw new SandglassError('spec', 'the warm start has no optimizer', {
      got: `a run with one for each of ${Object.keys(settings.optimizer!).join(', ')}`,
      advice: 'Give the warm start one of its own: { "type": "greedy", "optimizer": { "type": "adam" } }.',
    })
  const run = fitGreedy(model, data, { ...place, ...countsOf(own, settings), optimizer, stages: own.stages })
  for await (const event of run) {
    if (event.type === 'start') onTraining?.(`stage ${event.stage}`)
    onEvent?.(event)
  }
  const { model: trained, stages, stopped } = await run
  try {
    if (stopped === 'aborted') return undefined
    const trainings = stages.map(({ stage, history }) => ({ training: `stage ${stage}`, history }))
    return { weights: await trained.weights(), trainings }
  } finally {
    trained.dispose()
  }
}

/** What a warm start does not say is as in the run. */
function countsOf({ epochs, batchSize }: WarmStart, settings: RunPlan['settings']) {
  return {
    seed: settings.seed,
    epochs: epochs ?? settings.epochs,
    batchSize: batchSize ?? settings.batchSize,
  }
}

/** An optimizer that any objective may have. */
function singleOf(optimizer: RunOptimizers = { type: 'adam' }): Spec | undefined {
  return isOne(optimizer) ? optimizer : undefined
}
