import {
  type Channel,
  type Dataset,
  type HostRecord,
  isSandglassError,
  type Model,
  SandglassError,
  type TrainedModel,
} from '@sandglass/core'
import type { FitData } from '../fit/data'
import type { FitEvent } from '../fit/events'
import { runFit } from '../fit/fit'
import type { FitOptions } from '../fit/options'
import { encodeDataset } from './codes'
import type { GreedyEvent, GreedyOptions, GreedyStageResult, GreedyTraining } from './options'
import { CODING, NEXT_CODING, ownWeights, phaseModel, type Stage, sideOf, underWholeNames } from './stage'

const PER_TRAINING = [
  'optimizer',
  'epochs',
  'batchSize',
  'validationBatchSize',
  'metrics',
  'shuffle',
  'callbacks',
  'terminateOnNan',
] as const

/**
 * Options of `fit` for one training of a greedy run, but for seed, weights and validation. Throws `SandglassError`
 * (`spec`) when it has no optimizer or no epochs.
 */
export function trainingOf(what: string, options: GreedyOptions, own: GreedyTraining = {}): FitOptions {
  const { registry, backend, onBackend, signal } = options
  const chosen = Object.fromEntries(PER_TRAINING.map((name) => [name, own[name] ?? options[name]]))
  for (const name of ['optimizer', 'epochs'])
    if (chosen[name] === undefined)
      throw new SandglassError('spec', `${what} of fitGreedy has no ${name}`, {
        advice: `Give fitGreedy ${name}, or ${what} one of its own.`,
      })
  return { registry, backend, onBackend, signal, ...chosen } as FitOptions
}

export interface StageRun {
  readonly whole: Model
  readonly stages: readonly Stage[]
  readonly stage: Stage
  /** Of the whole model, so far. */
  readonly weights: HostRecord
  /** What this stage learns from. */
  readonly data: FitData<Dataset>
  readonly procedure: 'separate' | 'phases'
  /** Whether `data` holds the codings of the stage before. */
  readonly cached: boolean
  readonly settings: FitOptions
  readonly channel: Channel<GreedyEvent>
}

export interface StageOutcome {
  readonly result: GreedyStageResult
  /** Those that it trained, under their names in the whole model. */
  readonly weights: HostRecord
  /** What the next stage learns from. Undefined when there is none, or the run was aborted. */
  readonly next?: FitData<Dataset>
}

/** Trains one stage, and makes the data for the next. Holds no session when it returns or throws. */
export async function trainStage(run: StageRun): Promise<StageOutcome> {
  const { whole, stages, stage, weights, data, cached, settings, channel } = run
  const phases = run.procedure === 'phases'
  const model = phases ? phaseModel(whole, stages, stage, cached) : stage.model
  const fitted = await runFit(
    model,
    data.train,
    {
      ...settings,
      validation: data.validation,
      initialWeights: phases ? weights : ownWeights(stage, weights),
    },
    stageChannel(channel, stage.number),
  )
  try {
    const trained = await fitted.model.weights()
    const { history, stopped, stepsPerSecond, backend, seed } = fitted
    const layers = layersOf(stage)
    return {
      result: { stage: stage.number, layers, history, stopped, stepsPerSecond, backend, seed },
      weights: phases ? trained : underWholeNames(stage, trained),
      next: stage === stages.at(-1) ? undefined : await nextData(run, fitted.model),
    }
  } finally {
    fitted.model.dispose()
  }
}

async function nextData(
  { stage, stages, data, procedure, cached, settings: { signal } }: StageRun,
  trained: TrainedModel,
): Promise<FitData<Dataset> | undefined> {
  if (!cached) return data
  const phases = procedure === 'phases'
  const to = phases ? CODING : 'input'
  const encode = (dataset: Dataset) =>
    encodeDataset(trained, phases ? NEXT_CODING : 'encode', dataset, {
      from: stage.number === 1 ? 'input' : to,
      to,
      keep: [
        ...(stages[stage.number]!.model.fields.mask ? ['mask'] : []),
        ...Object.keys(sideOf(stages.slice(stage.number))),
      ],
      signal,
    })
  const train = await encode(data.train)
  const validation = data.validation && (await encode(data.validation))
  return train && (validation || !data.validation) ? { train, validation } : undefined
}

function layersOf({ cut: { encoder, decoder } }: Stage): string[] {
  const paths = (side: string, [from, to]: readonly [number, number]) =>
    Array.from({ length: to - from }, (_, i) => `${side}/${from + i}`)
  return [...paths('encoder', encoder), ...paths('decoder', decoder)]
}

/** Where the events of one training go. */
export function stageChannel(channel: Channel<GreedyEvent>, stage: GreedyEvent['stage']): Channel<FitEvent> {
  return {
    get open() {
      return channel.open
    },
    send: (event) => channel.send({ ...event, stage }),
  }
}

/** Errors of `work` say in which part of the run it was. */
export async function naming<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (isSandglassError(error)) error.message = `${what}: ${error.message}`
    throw error
  }
}
