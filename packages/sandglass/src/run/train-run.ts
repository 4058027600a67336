import { join, resolve } from 'node:path'
import {
  type Backend,
  type Exhibit,
  type ExhibitInput,
  type HostRecord,
  type MetricSpec,
  type OptimizerSpec,
  type Registry,
  type Splits,
  type StandIn,
  summary,
} from '@sandglass/core'
import { saveModel, writeFileAtomic } from '@sandglass/core/node'
import { take } from '@sandglass/datasets'
import type { BackendChoice } from '@sandglass/trainer'
import {
  activity,
  backendOf,
  type Callback,
  type Checkpoint,
  type FitEvent,
  type FitResult,
  fit,
  type LayerActivity,
} from '@sandglass/trainer'
import { jsonlLog, modelCheckpoint } from '@sandglass/trainer/node'
import { pngOf } from '../node/png'
import { curvesSheet, showValue } from '../report/curves'
import { draw } from '../report/draw'
import { pictureName, renderReport } from '../report/report'
import { activityLog } from './activity-log'
import { activitiesOf, watchedLayers } from './exhibits/definitions'
import { createShared, makeExhibits } from './exhibits/index'
import { createRunFolder, exists, files, readJson, writeJson } from './folder'
import { loadData } from './load-data'
import type { RunResult } from './result'
import { type RunPlan, type Settings, settle } from './settings'
import { type EarlierTraining, warmStart } from './warm-start'

/** Told how a run goes on. */
export interface RunObserver {
  /** Which data this is, in a sentence, and about those that it stands in for. */
  onData?(provenance: string, standIn?: StandIn): void
  onBackend?(choice: BackendChoice): void
  /** A training begins that is not the only one: `stage 1`, `pretraining`, at last `training`. */
  onTraining?(name: string): void
  onEvent?(event: FitEvent): void
  /** The last epoch is done; pictures are being made. */
  onReport?(): void
}

export interface RunOptions {
  readonly registry: Registry
  readonly observer?: RunObserver
  readonly signal?: AbortSignal
  /** To go on with a run. */
  readonly resumeFrom?: Checkpoint
  readonly description?: string
}

/**
 * Trains a model and leaves everything about it in the plan's folder, which comes to be only when training begins:
 * mistakes in settings and data leave nothing behind.
 *
 * Gives nothing when `signal` was aborted before that. Throws what `fit` throws, and `SandglassError` (`file`) when the
 * folder cannot be written.
 */
export async function trainRun(plan: RunPlan, options: RunOptions): Promise<RunResult | undefined> {
  const { registry, observer = {}, signal, resumeFrom } = options
  await registry.load([plan.model, plan.settings])
  const { settings, model, folder } = settle(registry, plan)
  const started = Date.now()
  const data = await loadData(registry, settings.dataset)
  const { provenance = `${settings.dataset.type}: ${data.train.size} samples` } = data
  observer.onData?.(provenance, data.standIn)

  const fields = Object.fromEntries(
    Object.entries(data.train.fields).map(([name, { shape }]) => [name, shape]),
  )
  const built = registry.build('model', model, { registry, fields })

  let choice: BackendChoice | undefined
  const backend = backendOf(settings.backend, registry, (made) => {
    choice = made
    observer.onBackend?.(made)
  })
  const began = await earlier({ settings, model, folder }, data, { ...options, backend })
  if (!began) return undefined
  const { initialWeights, trainings } = began
  const makeFolder: Callback = {
    name: 'runFolder',
    onStart: async ({ backend }) => {
      await createRunFolder({ folder, model, settings: { ...settings, backend: backend.id } })
      if (trainings) await writeJson(join(folder, files.warmStart), trainings)
    },
  }
  const watching = registry.build('callback', activity({ layers: watchedLayers(built) }))
  const { samples = data.train.size } = settings
  const few = samples < data.train.size ? { ...data, train: take(data.train, samples) } : data
  const run = fit(built, few, {
    registry,
    backend,
    initialWeights,
    optimizer: settings.optimizer as OptimizerSpec,
    epochs: settings.epochs,
    batchSize: settings.batchSize,
    metrics: settings.metrics as MetricSpec[],
    seed: settings.seed,
    signal,
    resumeFrom,
    callbacks: [
      makeFolder,
      watching,
      activityLog(watching, join(folder, files.activity)),
      registry.build('callback', jsonlLog({ path: join(folder, files.history) })),
      registry.build(
        'callback',
        modelCheckpoint({ path: join(folder, files.checkpoint), keepBest: data.validation !== undefined }),
      ),
    ],
  })
  for await (const event of run) observer.onEvent?.(event)
  const result = await run
  try {
    observer.onReport?.()
    const used = choice ? registry.build('backend', { type: choice.id }) : backend
    return await leaveResults({
      plan: { settings, model, folder },
      options,
      result,
      data,
      trainings,
      provenance,
      backend: used,
      choice,
      started,
    })
  } finally {
    result.model.dispose()
  }
}

/** Weights to begin with and where they come from; nothing of either in a plain run, nothing at all when aborted. */
async function earlier(
  plan: RunPlan,
  data: Splits,
  { registry, backend, signal, observer = {}, resumeFrom }: RunOptions & { readonly backend: Backend },
): Promise<{ initialWeights?: HostRecord; trainings?: EarlierTraining[] } | undefined> {
  const { warmStart: first } = plan.settings
  if (!first) return {}
  if (resumeFrom) {
    const path = join(plan.folder, files.warmStart)
    return (await exists(path)) ? { trainings: (await readJson(path)) as EarlierTraining[] } : {}
  }
  const { onTraining, onEvent } = observer
  const warm = await warmStart(first, plan, data, { registry, backend, signal, onTraining, onEvent })
  if (!warm) return undefined
  onTraining?.('training')
  return { initialWeights: warm.weights, trainings: warm.trainings }
}

interface Finished {
  readonly plan: RunPlan
  readonly options: RunOptions
  readonly result: FitResult
  readonly data: Splits
  readonly trainings?: readonly EarlierTraining[]
  readonly provenance: string
  readonly backend: Backend
  readonly choice?: BackendChoice
  readonly started: number
}

/** Model, pictures, report and result of a finished run. */
async function leaveResults(finished: Finished): Promise<RunResult> {
  const { plan, result, data, provenance } = finished
  const { folder, settings } = plan
  const { model: trained, history, backend, seed, stopped } = result
  const path = (name: string) => resolve(folder, name)
  const classNames = data.train.fields.label?.classes
  await saveModel(path(files.model), {
    model: trained.model,
    weights: await trained.weights(),
    controls: trained.controls,
    extras: { provenance, dataset: settings.dataset as never, ...(classNames && { classNames }) },
  })
  const shown: ExhibitInput = {
    trained,
    backend: finished.backend,
    dataset: data.validation ?? data.train,
    part: data.validation ? 'validation' : 'training',
    seed,
    history,
    states: result.checkpoint.callbacks,
    shared: createShared(),
  }
  const activities = await activitiesOf(shown)
  const exhibits = await makeExhibits(finished.options.registry, shown)
  const means = activities.flatMap((each) => [...each.means])
  const document: RunResult = {
    history,
    backend,
    stepsPerSecond: result.stepsPerSecond,
    seed,
    paths: { run: resolve(folder), model: path(files.model), report: path(files.report) },
    data: { provenance },
    ...(means.length && { meanActivation: meanOf(means), activity: activities.map(activityOf) }),
    ...(finished.trainings && { warmStart: finished.trainings }),
    ...(stopped !== 'completed' && { stopped }),
  }
  const pictures = exhibits.map(({ name, data: drawn }) => ({ name, figure: draw(drawn) }))
  if (history.length) pictures.unshift({ name: 'curves', figure: curvesSheet(history) })
  for (const picture of pictures)
    await writeFileAtomic(path(pictureName(picture)), await pngOf(picture.figure))
  const page = reportOf(finished, document, exhibits)
  await writeFileAtomic(path(files.report), new TextEncoder().encode(page))
  await writeJson(path(files.result), document)
  return document
}

function reportOf(finished: Finished, document: RunResult, exhibits: readonly Exhibit[]): string {
  const { plan, options, result, data, choice, started } = finished
  const { settings, model } = plan
  const { history, stopped } = result
  const last = history.at(-1) ?? {}
  const isParts = (name: string) =>
    !['epoch', 'learningRate'].includes(name) && (name.startsWith('val_') || !(`val_${name}` in last))
  const notes: string[] = []
  if (data.standIn)
    notes.push(
      'The full dataset was not found, so this is a small excerpt of it. The figures do not compare with published ones.',
    )
  if (stopped !== 'completed')
    notes.push(`This run was stopped after ${history.length} of ${settings.epochs} epochs (${stopped}).`)
  const { type: optimizer, ...options_ } = settings.optimizer
  return renderReport({
    title: settings.name,
    description: options.description,
    provenance: document.data.provenance,
    notes,
    figures: [
      ...Object.entries(last)
        .filter(([name]) => isParts(name))
        .map(([name, value]): [string, string] => [name, showValue(value)]),
      ...(document.meanActivation === undefined
        ? []
        : [['mean activation', showValue(document.meanActivation)] as [string, string]]),
      ...(document.activity ?? []).map(({ layer, dead, units }, _, all): [string, string] => [
        all.length > 1 ? `dead units, ${layer}` : 'dead units',
        `${dead.length} of ${units}`,
      ]),
      ...(document.warmStart ?? []).map(({ training, history }): [string, string] => {
        const { val_loss, loss } = history.at(-1) ?? {}
        return [
          `${training}, ${val_loss === undefined ? 'loss' : 'val_loss'}`,
          showValue(val_loss ?? loss ?? Number.NaN),
        ]
      }),
      ['steps per second', document.stepsPerSecond.toFixed(0)],
    ],
    history,
    exhibits,
    settings: [
      [
        'optimizer',
        `${optimizer} ${JSON.stringify(options_)
          .replaceAll(/["{}]/g, '')
          .replaceAll(/[,:]/g, (c) => `${c} `)}`,
      ],
      ['batch size', String(settings.batchSize)],
      ['epochs', `${history.length} of ${settings.epochs}`],
      ['seed', String(settings.seed)],
      ['backend', `${document.backend.id}, ${document.backend.device}${choice ? ` (${choice.why})` : ''}`],
      ['time', `${((Date.now() - started) / 1000).toFixed(0)} s, of which this report is a part`],
      ['begun', new Date(started).toISOString().replace('T', ' ').replace(/\..*/, ' UTC')],
      ['Sandglass', settings.version],
    ],
    summary: summary(result.model.model),
    spec: model,
    command: `sandglass train spec.json --dataset '${JSON.stringify(settings.dataset)}' --optimizer '${JSON.stringify(settings.optimizer)}' --epochs ${settings.epochs} --batch-size ${settings.batchSize}${optionsOf(settings)} --seed ${settings.seed} --backend ${document.backend.id}`,
  })
}

/** Options of the command line that few runs have. */
function optionsOf({ samples, warmStart }: Settings): string {
  return `${samples === undefined ? '' : ` --samples ${samples}`}${warmStart ? ` --warm-start '${JSON.stringify(warmStart)}'` : ''}`
}

function activityOf({ path, means, dead }: LayerActivity): NonNullable<RunResult['activity']>[number] {
  return { layer: path, meanActivation: meanOf([...means]), units: means.length, dead }
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
