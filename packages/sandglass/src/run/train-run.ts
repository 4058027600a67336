import { join } from 'node:path'
import {
  type Backend,
  type Dataset,
  type MetricSpec,
  type Model,
  type Registry,
  type Splits,
  shapesOf,
} from '@sandglass/core'
import type { FolderLock } from '@sandglass/core/node'
import { take } from '@sandglass/datasets'
import {
  activity,
  type BackendChoice,
  backendOf,
  type Callback,
  type CallbackSpec,
  type FitOptions,
  fit,
} from '@sandglass/trainer'
import { jsonlLog, modelCheckpoint } from '@sandglass/trainer/node'
import { activityLog } from './activity-log'
import { type Earlier, earlierTrainings } from './earlier'
import { watchedLayers } from './exhibits/definitions'
import { exists, files, holdRunFolder, writeJson, writeRunPlan } from './folder'
import { leaveResults } from './leave-results'
import { loadData } from './load-data'
import type { RunResult } from './result'
import type { RunOptions } from './run-options'
import { completed, type RunPlan, settle } from './run-plan'

/**
 * Trains a model, as its own plan of training and the settings have it, and leaves everything about it in the plan's
 * folder. The folder is created only when training starts: mistakes in settings and data leave nothing behind.
 *
 * While it trains it holds the folder's lock.
 *
 * Returns undefined if `signal` was aborted before that. Throws what `fit` throws, and `SandglassError` (`file`) when
 * the folder cannot be written, or another process writes into it.
 */
export async function trainRun(asked: RunPlan, options: RunOptions): Promise<RunResult | undefined> {
  let lock: FolderLock | undefined
  const hold = async () => {
    lock ??= await holdRunFolder(asked.folder)
  }
  try {
    // A run that goes on has its folder already.
    if (await exists(join(asked.folder, files.settings))) await hold()
    return await trainHeld(asked, options, hold)
  } finally {
    await lock?.release()
  }
}

/** `hold` makes the folder and takes its lock. */
async function trainHeld(
  asked: RunPlan,
  options: RunOptions,
  hold: () => Promise<void>,
): Promise<RunResult | undefined> {
  const { registry, observer = {}, signal, resumeFrom } = options
  await registry.load([asked.model, asked.settings])
  const settled = settle(registry, asked)
  const started = Date.now()
  const data = await loadData(registry, settled.settings.dataset)
  const { provenance = `${settled.settings.dataset.type}: ${data.train.size} samples` } = data
  observer.onData?.(provenance, data.standIn)

  const model = registry.build('model', settled.model, { registry, fields: shapesOf(data.train.fields) })
  const train = shortened(data, settled.settings.samples)
  const plan = await completed(registry, settled, model, train.train.size)
  let choice: BackendChoice | undefined
  const backend = backendOf(plan.settings.backend, registry, (made) => {
    choice = made
    observer.onBackend?.(made)
  })
  const earlier = await earlierTrainings(plan, data, { ...options, backend })
  if (!earlier) return undefined
  const run = fit(model, train, {
    ...optionsOf(plan),
    registry,
    backend,
    initialWeights: earlier.initialWeights,
    attachments: data.attachments,
    signal,
    resumeFrom,
    callbacks: callbacksOf(plan, model, data, registry, earlier, hold),
  })
  for await (const event of run) observer.onEvent?.(event)
  const result = await run
  try {
    observer.onReport?.()
    const used: Backend = choice ? registry.build('backend', { type: choice.id }) : backend
    return await leaveResults({
      plan,
      options,
      result,
      data,
      trainings: earlier.trainings,
      provenance,
      backend: used,
      choice,
      started,
    })
  } finally {
    result.model.dispose()
  }
}

/** What the settings say to `fit`. */
function optionsOf({
  settings,
}: RunPlan): Pick<
  FitOptions,
  'optimizer' | 'controls' | 'turns' | 'monitor' | 'start' | 'epochs' | 'batchSize' | 'metrics' | 'seed'
> {
  const { optimizer, controls, turns, monitor, start, epochs, batchSize, metrics, seed } = settings
  return {
    optimizer: optimizer as FitOptions['optimizer'],
    controls: controls as FitOptions['controls'],
    turns,
    monitor,
    start,
    epochs,
    batchSize,
    metrics: metrics as MetricSpec[],
    seed,
  }
}

/** Those that keep the run's folder, then those of the settings. */
function callbacksOf(
  { settings, model: spec, folder }: RunPlan,
  model: Model,
  { validation }: Splits,
  registry: Registry,
  { trainings }: Earlier,
  hold: () => Promise<void>,
): (Callback | CallbackSpec)[] {
  const { callbacks = [], monitor } = settings
  const path = (name: string) => join(folder, name)
  const makeFolder: Callback = {
    name: 'runFolder',
    onStart: async ({ backend }) => {
      await hold()
      await writeRunPlan({ folder, model: spec, settings: { ...settings, backend: backend.id } })
      if (trainings) await writeJson(path(files.warmStart), trainings)
    },
  }
  const watching = registry.build('callback', activity({ layers: watchedLayers(model) }))
  const judged = typeof monitor === 'object' ? monitor.name : (monitor ?? 'val_loss')
  return [
    makeFolder,
    watching,
    activityLog(watching, path(files.activity)),
    jsonlLog({ path: path(files.history) }),
    modelCheckpoint({
      path: path(files.checkpoint),
      keepBest: validation !== undefined || !judged.startsWith('val_'),
    }),
    ...(callbacks as CallbackSpec[]),
  ]
}

/** Only the first samples to learn from, if there are more. */
function shortened(data: Splits, samples: number | undefined): Splits {
  const train: Dataset = data.train
  return samples === undefined || samples >= train.size ? data : { ...data, train: take(train, samples) }
}
