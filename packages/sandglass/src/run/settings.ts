import { stat } from 'node:fs/promises'
import { type ModelSpec, parseStrictJson, type Registry, SandglassError, type Spec } from '@sandglass/core'
import { z } from 'zod'
import { specSchema } from './schema'
import { settleWarmStart, warmStartSchema } from './warm-start-spec'

/** Everything about a run but its model: what `run.json` holds. */
export const settingsSchema = z.strictObject({
  /** Of Sandglass. */
  version: z.string(),
  /** A preset's, or the spec file's without `.json`. */
  name: z.string(),
  dataset: specSchema,
  optimizer: specSchema,
  batchSize: z.int().positive(),
  epochs: z.int().positive(),
  metrics: z.array(specSchema),
  seed: z.int(),
  /** How many of the training samples it learns from at most, the first ones; the warm start sees all. */
  samples: z.int().positive().optional(),
  warmStart: warmStartSchema.optional(),
  /** A name, or `auto` until it has been chosen. */
  backend: z.string(),
})

export type Settings = z.output<typeof settingsSchema>

/** A run before it starts: settings, the model's spec, and where everything goes. */
export interface RunPlan {
  readonly settings: Settings
  readonly model: ModelSpec
  readonly folder: string
}

/** Specs in full, with defaults filled in, so that files say all there is to say. Throws on malformed ones. */
export function settle(registry: Registry, { settings, model, folder }: RunPlan): RunPlan {
  if (settings.backend !== 'auto') registry.parse('backend', settings.backend, '--backend')
  return {
    folder,
    model: registry.parse('model', model, 'model') as ModelSpec,
    settings: {
      ...settings,
      dataset: registry.parse('dataset', settings.dataset, 'dataset'),
      optimizer: registry.parse('optimizer', settings.optimizer, 'optimizer'),
      metrics: settings.metrics.map((metric, i) => registry.parse('metric', metric, `metrics[${i}]`)),
      ...(settings.warmStart && { warmStart: settleWarmStart(registry, settings.warmStart) }),
    } as Settings,
  }
}

/** JSON that people may have written. Throws `SandglassError` (`spec`) that names the place of the fault. */
export function parseJson(text: string, source: string): unknown {
  try {
    JSON.parse(text)
  } catch (error) {
    throw new SandglassError('spec', `${source} is not JSON`, {
      got: error instanceof Error ? error.message : String(error),
      expected: 'an object like { "type": "autoencoder", "encoder": [ … ], "decoder": [ … ], "loss": … }',
      advice: 'Names and strings need double quotes, and no comma may follow the last entry.',
    })
  }
  const parsed = parseStrictJson(text, { depth: 100, containers: 100_000 })
  if (parsed.fault === undefined) return parsed.value
  throw new SandglassError('spec', `${source} cannot be used`, {
    got: `JSON that ${parsed.fault}`,
    advice: /^repeats/.test(parsed.fault) ? 'Say it once: JSON would take the last.' : undefined,
  })
}

/** `fashion-mnist`, `fashionMnist` → `fashionMnist`. */
export function camelCase(name: string): string {
  return name.replace(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())
}

/** `--dataset`: a name, a CSV file, or a spec as JSON. */
export function datasetSpec(option: string): Spec {
  if (option.trimStart().startsWith('{')) return parseJson(option, '--dataset') as Spec
  if (/\.csv$/i.test(option)) return { type: 'csv', path: option } as Spec
  return { type: camelCase(option) }
}

/** A dataset whose files are looked for in `folder` first. Throws `SandglassError` (`file`) when there is no such folder. */
export async function withFolder<S extends Spec>(dataset: S, folder: string | undefined): Promise<S> {
  if (folder === undefined) return dataset
  const found = await stat(folder).catch(() => undefined)
  if (!found?.isDirectory())
    throw new SandglassError('file', `the folder ${folder} of --data-dir cannot be used`, {
      got: found ? 'a file' : 'no such folder',
      expected: 'the folder that holds the files of the dataset',
    })
  return { ...dataset, folder }
}
