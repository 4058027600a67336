import {
  type Model,
  type ModelSpec,
  monitorSchema,
  type Registry,
  SandglassError,
  startSchema,
  turnsSchema,
} from '@sandglass/core'
import type { z } from 'zod'
import { chosenOptimizers, inFull, parseOptimizers, withLearningRate } from './optimizers'
import { showIssues } from './schema'
import type { Settings } from './settings'
import { settleWarmStart } from './warm-start-spec'

/** A run before it starts: settings, the model's spec, and where everything goes. */
export interface RunPlan {
  readonly settings: Settings
  readonly model: ModelSpec
  readonly folder: string
  /** In place of that of every optimizer. */
  readonly learningRate?: number
}

/** Specs in full, with defaults filled in, so that files say all there is to say. Throws on malformed ones. */
export function settle(registry: Registry, { settings, model, ...rest }: RunPlan): RunPlan {
  const { backend, dataset, optimizer, metrics, callbacks, warmStart, turns, monitor, start } = settings
  if (backend !== 'auto') registry.parse('backend', backend, '--backend')
  return {
    ...rest,
    model: registry.parse('model', model, 'model') as ModelSpec,
    settings: {
      ...settings,
      dataset: registry.parse('dataset', dataset, 'dataset'),
      metrics: metrics.map((metric, i) => registry.parse('metric', metric, `metrics[${i}]`)),
      ...(optimizer && { optimizer: parseOptimizers(registry, optimizer) }),
      ...(callbacks && {
        callbacks: callbacks.map((each, i) => registry.parse('callback', each, `callbacks[${i}]`)),
      }),
      ...(turns && { turns: checked('turns', turnsSchema, turns) }),
      ...(monitor && { monitor: checked('monitor', monitorSchema, monitor) }),
      ...(start && { start: checked('start', startSchema, start) }),
      ...(warmStart && { warmStart: settleWarmStart(registry, warmStart) }),
    } as Settings,
  }
}

/**
 * A settled plan with all that its model says of its own training, and with `learningRate` in its place, so that
 * `run.json` says how this run is trained whatever later versions of the model say. `samples`: how many it learns from.
 */
export async function completed(
  registry: Registry,
  { settings, learningRate, ...rest }: RunPlan,
  { training = {} }: Model,
  samples: number,
): Promise<RunPlan> {
  await registry.load(training.optimizers)
  const { turns = training.turns, monitor = training.monitor, start = training.start } = settings
  const own = training.optimizers && inFull(training.optimizers)
  const chosen = chosenOptimizers(settings.optimizer, own)
  return {
    ...rest,
    settings: {
      ...settings,
      batchSize: settings.batchSize ?? Math.min(32, samples),
      optimizer: withLearningRate(parseOptimizers(registry, chosen), learningRate),
      ...(turns && { turns }),
      ...(monitor && { monitor }),
      ...(start !== undefined && { start }),
    } as Settings,
  }
}

function checked(name: string, schema: z.ZodType, value: unknown): unknown {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  throw new SandglassError('spec', `malformed ${name}: ${showIssues(result.error)}`)
}
