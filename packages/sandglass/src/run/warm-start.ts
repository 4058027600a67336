import {
  type Backend,
  type HostRecord,
  type ModelSpec,
  type OptimizerSpec,
  type Registry,
  SandglassError,
  type Splits,
} from '@sandglass/core'
import { encoderWeights } from '@sandglass/tasks'
import { type FitEvent, fit, fitGreedy, type HistoryEntry } from '@sandglass/trainer'
import { z } from 'zod'
import { showIssues, specSchema } from './schema'
import type { RunPlan } from './settings'

const training = {
  optimizer: specSchema.optional(),
  epochs: z.int().positive().optional(),
  batchSize: z.int().positive().optional(),
}

/** What is left out is as in the training proper. */
interface Training {
  readonly optimizer?: OptimizerSpec
  readonly epochs?: number
  readonly batchSize?: number
}

/**
 * What is trained first, so that the model begins with weights that know the data: `greedy`, its own layers one stage at
 * a time; `pretraining`, an autoencoder whose encoder it takes over.
 */
export type WarmStart =
  | (Training & { readonly type: 'greedy'; readonly stages?: readonly Training[] })
  | (Training & { readonly type: 'pretraining'; readonly model: ModelSpec })

export const warmStartSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('greedy'),
    ...training,
    stages: z.array(z.strictObject(training)).optional(),
  }),
  z.strictObject({ type: z.literal('pretraining'), model: specSchema, ...training }),
]) as unknown as z.ZodType<WarmStart>

/** What a training before the proper one went through. */
export interface EarlierTraining {
  /** `stage 1`, `pretraining`. */
  readonly training: string
  readonly history: readonly HistoryEntry[]
}

/** Specs in full, with defaults filled in. Throws `SandglassError` (`spec`) on malformed ones. */
export function settleWarmStart(registry: Registry, given: WarmStart): WarmStart {
  const result = warmStartSchema.safeParse(given)
  if (!result.success)
    throw new SandglassError('spec', 'the warm start is malformed', {
      got: showIssues(result.error),
      expected:
        '{ "type": "greedy" } or { "type": "pretraining", "model": … }, each with optimizer, epochs, batchSize',
    })
  const settled = <T extends Training>(each: T, path: string): T =>
    each.optimizer
      ? { ...each, optimizer: registry.parse('optimizer', each.optimizer, `${path}optimizer`) }
      : each
  const warm = settled(result.data, 'warmStart.')
  if (warm.type === 'pretraining')
    return { ...warm, model: registry.parse('model', warm.model, 'warmStart.model') as never }
  return warm.stages
    ? { ...warm, stages: warm.stages.map((stage, i) => settled(stage, `warmStart.stages[${i}].`)) }
    : warm
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
