import { monitorSchema, startSchema, turnsSchema } from '@sandglass/core'
import { z } from 'zod'
import { optimizersSchema, specSchema } from './schema'
import { warmStartSchema } from './warm-start-spec'

/** Everything about a run but its model: what `run.json` holds. */
export const settingsSchema = z.strictObject({
  /** Of Sandglass. */
  version: z.string(),
  /** A preset's, or the spec file's without `.json`. */
  name: z.string(),
  dataset: specSchema,
  /** One for all objectives, or one for each by name. Left out before a run begins: the model's own, or else adam. */
  optimizer: optimizersSchema.optional(),
  /** Left out: the model's own. */
  turns: turnsSchema.optional(),
  /** Numbers or schedules of the model's controls. Left out: the model's own. */
  controls: z.record(z.string(), z.union([z.number(), specSchema])).optional(),
  /** The figure by which the run is judged. Left out: the model's own, or else the validation loss. */
  monitor: monitorSchema.optional(),
  /** The procedure to start with, false for none. Left out: the model's own. */
  start: z.union([startSchema, z.literal(false)]).optional(),
  /** Left out before a run begins: 32, or all samples where there are fewer. */
  batchSize: z.int().positive().optional(),
  epochs: z.int().positive(),
  metrics: z.array(specSchema),
  /** Beside those that write the folder of the run. */
  callbacks: z.array(specSchema).optional(),
  seed: z.int(),
  /** How many of the training samples it learns from at most, the first ones; the warm start sees all. */
  samples: z.int().positive().optional(),
  warmStart: warmStartSchema.optional(),
  /** A name, or `auto` until it has been chosen. */
  backend: z.string(),
})

export type Settings = z.output<typeof settingsSchema>
