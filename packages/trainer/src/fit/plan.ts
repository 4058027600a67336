import {
  type AnyDataset,
  createStreams,
  type Metric,
  type Model,
  type ModelSpec,
  type Monitor,
  type Monitored,
  type Optimizer,
  type Registry,
  SandglassError,
  type Schedule,
  type Shape,
  type Spec,
  type Splits,
  type Start,
  type Streams,
} from '@sandglass/core'
import type { Callback, CallbackSpec } from '../callbacks/callback'
import { monitored } from '../callbacks/monitor'
import { terminateOnNan } from '../callbacks/terminate-on-nan'
import { procedureOf } from '../model/perform'
import { scheduleOf } from '../schedules/index'
import { type ControlPlan, planControls } from './controls'
import { checkFields, dataOf } from './data'
import { reportedAs } from './history'
import { optimizersOf } from './optimizers'
import type { FitOptions } from './options'
import { objectivesWithin, type PlannedTurns, planTurns, type Timetable, UNKNOWN_BATCHES } from './turns'

/** A run with everything settled: specs built, defaults filled in, inputs checked. */
export interface Plan {
  readonly registry: Registry
  readonly model: Model
  readonly train: AnyDataset
  readonly validation?: AnyDataset
  readonly optimizers: Readonly<Record<string, Optimizer>>
  readonly optimizerSpecs: Readonly<Record<string, Spec>>
  readonly schedules: Readonly<Record<string, Schedule>>
  readonly controls: ControlPlan
  readonly metrics: Readonly<Record<string, Metric>>
  readonly metricSpecs: readonly Spec[]
  readonly callbacks: readonly Callback[]
  readonly turns: PlannedTurns
  /** The figure by which the run is judged. */
  readonly monitor: Monitored
  /** What is performed before the first update. */
  readonly start?: Start
  readonly epochs: number
  readonly batchSize: number
  readonly validationBatchSize: number
  /** Batches in an epoch; undefined for a stream whose size is not known. */
  readonly batches?: number
  /** What depends on the number of batches in an epoch. */
  timetableOf(batches: number): Timetable
  readonly shuffle: boolean
  readonly shuffleBuffer?: number
  readonly seed: number
  readonly streams: Streams
}

/** Settles a run. Throws `SandglassError` (`spec`, `data`, `shape`, `plugin`) on whatever is wrong with it. */
export async function planRun(
  target: ModelSpec | Model,
  data: Splits<AnyDataset> | AnyDataset,
  options: FitOptions,
): Promise<Plan> {
  const { registry, epochs, seed = 0, shuffle = true, metrics = [], callbacks = [] } = options
  const { train, validation } = dataOf(data, options.validation)
  const { batchSize = Math.min(32, train.size ?? 32), shuffleBuffer } = options
  const { validationBatchSize = batchSize, terminateOnNan: guarded = true } = options
  checkCount('epochs', epochs, 'passes over the data')
  checkCount('batchSize', batchSize, 'samples in a batch')
  checkCount('validationBatchSize', validationBatchSize, 'samples in a batch of the validation')
  if (shuffleBuffer !== undefined)
    checkCount('shuffleBuffer', shuffleBuffer, 'samples among which a stream is shuffled')
  if (train.size !== undefined && batchSize > train.size)
    throw new SandglassError('data', `the batch size is larger than the training data "${train.name}"`, {
      got: `batches of ${batchSize} from ${train.size} samples`,
      expected: `a batchSize of at most ${train.size}`,
    })

  await registry.load(
    [target, options.optimizer, options.controls, metrics, callbacks.filter(isSpec)].map(forLoading),
  )
  const model = isModel(target) ? target : buildModel(target, registry, train)
  await registry.load([model.training?.optimizers, model.controls])
  const built = callbacks.map((callback) =>
    isSpec(callback) ? registry.build('callback', callback) : callback,
  )
  const later = built.flatMap((callback) => callback.sets ?? [])
  checkFields(model, train, { later })
  if (validation) checkFields(model, validation, { later })

  const timetableOf = (batches: number): Timetable => ({
    batches,
    turns: planTurns(model.objectives, options.turns ?? model.training?.turns, batches),
  })
  const known = train.size === undefined ? undefined : Math.ceil(train.size / batchSize)
  const { turns } = timetableOf(known ?? UNKNOWN_BATCHES)
  const optimizerSpecs = optimizersOf(model, objectivesWithin(turns), options.optimizer, registry)
  const optimizers = mapValues(optimizerSpecs, (spec) => registry.build('optimizer', spec))
  const metricSpecs = metrics.map((metric, i) => registry.parse('metric', metric, `metrics[${i}]`))
  const guard = guarded && !built.some(({ name }) => name === 'terminateOnNan')
  return {
    registry,
    model,
    train,
    validation,
    optimizers,
    optimizerSpecs,
    schedules: mapValues(optimizers, (optimizer) => scheduleOf(optimizer, registry)),
    controls: planControls(model, options.controls, registry),
    metrics: named(metricSpecs, registry),
    metricSpecs,
    callbacks: guard ? [terminateOnNan.build(terminateOnNan() as never, undefined), ...built] : built,
    turns,
    monitor: monitorOf(model, turns, options.monitor),
    start: startOf(model, options.start),
    epochs,
    batchSize,
    validationBatchSize,
    ...(known !== undefined && { batches: known }),
    timetableOf,
    shuffle,
    ...(shuffleBuffer !== undefined && { shuffleBuffer }),
    seed,
    streams: createStreams(seed),
  }
}

function isModel(target: ModelSpec | Model): target is Model {
  return 'objectives' in target && 'functions' in target
}

function isSpec(callback: CallbackSpec | Callback): callback is CallbackSpec {
  return typeof callback === 'string' || 'type' in callback
}

/** A built model is full of functions and needs no loading. */
function forLoading(value: unknown): unknown {
  return typeof value === 'object' && value !== null && 'functions' in value ? null : value
}

function buildModel(spec: ModelSpec, registry: Registry, train: AnyDataset): Model {
  const fields: Record<string, Shape> = mapValues(train.fields, ({ shape }) => shape)
  return registry.build('model', spec, { registry, fields })
}

/**
 * As asked, else as the model has it (if that is a figure of what is trained), else the validation loss of the first
 * objective of the last phase.
 */
function monitorOf(model: Model, turns: PlannedTurns, asked: FitOptions['monitor']): Monitored {
  const several = model.objectives.length > 1
  const trained = objectivesWithin(turns)
  const isTrained = (name: string) =>
    !several || trained.some((objective) => name.replace(/^val_/, '').startsWith(`${objective}_`))
  const inFull = (monitor: string | Monitor) => (typeof monitor === 'string' ? { name: monitor } : monitor)
  const own = model.training?.monitor && inFull(model.training.monitor)
  const chosen = asked ? inFull(asked) : own && isTrained(own.name) ? own : undefined
  if (chosen) return monitored(chosen)
  return { name: `val_${reportedAs(turns.at(-1)!.cycle[0]![0]!, 'loss', several)}`, mode: 'min' }
}

/** As asked, else as the model has it. Throws `SandglassError` (`spec`) when the model cannot perform that. */
function startOf(model: Model, asked: FitOptions['start']): Start | undefined {
  const chosen = asked ?? model.training?.start
  if (!chosen) return undefined
  const start = typeof chosen === 'string' ? { procedure: chosen } : chosen
  procedureOf(model, start.procedure, start.options ?? {})
  return start
}

/** By type; a type that comes again gets a number: `roundedAccuracy2`. */
export function named(specs: readonly Spec[], registry: Registry): Record<string, Metric> {
  const result: Record<string, Metric> = {}
  for (const spec of specs) {
    let name = spec.type
    for (let n = 2; name in result; n++) name = `${spec.type}${n}`
    result[name] = registry.build('metric', spec)
  }
  return result
}

function checkCount(name: string, value: unknown, what: string): void {
  if (!Number.isSafeInteger(value) || (value as number) < 1)
    throw new SandglassError('spec', `${name} is not usable`, {
      got: String(value),
      expected: `a whole number from 1 up: ${what}`,
    })
}

function mapValues<A, B>(record: Readonly<Record<string, A>>, f: (value: A) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, f(value)]))
}
