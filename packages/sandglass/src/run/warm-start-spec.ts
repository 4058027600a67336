import { type ModelSpec, type OptimizerSpec, type Registry, SandglassError } from '@sandglass/core'
import type { Optimizers } from '@sandglass/trainer'
import { z } from 'zod'
import { inFull, parseOptimizers } from './optimizers'
import { optimizersSchema, showIssues, specSchema } from './schema'

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
  | (Omit<Training, 'optimizer'> & {
      readonly type: 'pretraining'
      readonly model: ModelSpec
      readonly optimizer?: Optimizers
    })

export const warmStartSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('greedy'),
    ...training,
    stages: z.array(z.strictObject(training)).optional(),
  }),
  z.strictObject({
    type: z.literal('pretraining'),
    model: specSchema,
    ...training,
    optimizer: optimizersSchema.optional(),
  }),
]) as unknown as z.ZodType<WarmStart>

/** Specs in full, with defaults filled in. Throws `SandglassError` (`spec`) on malformed ones. */
export function settleWarmStart(registry: Registry, given: WarmStart): WarmStart {
  const result = warmStartSchema.safeParse(given)
  if (!result.success)
    throw new SandglassError('spec', 'the warm start is malformed', {
      got: showIssues(result.error),
      expected:
        '{ "type": "greedy" } or { "type": "pretraining", "model": … }, each with optimizer, epochs, batchSize',
    })
  const settled = <T extends { readonly optimizer?: Optimizers }>(each: T, path: string): T =>
    each.optimizer
      ? { ...each, optimizer: parseOptimizers(registry, inFull(each.optimizer), `${path}optimizer`) }
      : each
  const warm = settled(result.data, 'warmStart.')
  if (warm.type === 'pretraining')
    return { ...warm, model: registry.parse('model', warm.model, 'warmStart.model') as never }
  return warm.stages
    ? { ...warm, stages: warm.stages.map((stage, i) => settled(stage, `warmStart.stages[${i}].`)) }
    : warm
}
