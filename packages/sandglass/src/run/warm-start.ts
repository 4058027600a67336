import type { Backend, HostRecord, OptimizerSpec, Registry, Splits } from '@sandglass/core'
import { encoderWeights } from '@sandglass/tasks'
import { type FitEvent, fit, fitGreedy, type HistoryEntry } from '@sandglass/trainer'
import type { RunPlan } from './settings'
import type { WarmStart } from './warm-start-spec'

/** What a training before the proper one went through. */
export interface EarlierTraining {
  /** `stage 1`, `pretraining`. */
  readonly training: string
  readonly history: readonly HistoryEntry[]
}

export interface WarmStartOptions {
  readonly registry: Registry
  readonly backend: Backend
  readonly signal?: AbortSignal
  readonly onTraining?: (training: string) => void
  readonly onEvent?: (event: FitEvent) => void
}

/**
 * Trains what comes first; gives the weights to begin with, or nothing when `signal` was aborted. Throws what `fit` and
 * `fitGreedy` throw, and `SandglassError` (`spec`) when an autoencoder has no encoder.
 */
export async function warmStart(
  own: WarmStart,
  { model, settings }: Pick<RunPlan, 'model' | 'settings'>,
  data: Splits,
  { onTraining, onEvent, ...place }: WarmStartOptions,
): Promise<{ weights: HostRecord; trainings: EarlierTraining[] } | undefined> {
  const options = {
    ...place,
    seed: settings.seed,
    optimizer: own.optimizer ?? (settings.optimizer as OptimizerSpec),
    epochs: own.epochs ?? settings.epochs,
    batchSize: own.batchSize ?? settings.batchSize,
  }
  if (own.type === 'pretraining') {
    const run = fit(own.model, data, options)
    onTraining?.(own.type)
    for await (const event of run) onEvent?.(event)
    const { model: trained, history, stopped } = await run
    try {
      if (stopped === 'aborted') return undefined
      return {
        weights: encoderWeights(await trained.weights()),
        trainings: [{ training: own.type, history }],
      }
    } finally {
      trained.dispose()
    }
  }
  const run = fitGreedy(model, data, { ...options, stages: own.stages })
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
