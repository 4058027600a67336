import {
  type AnyDataset,
  type Channel,
  createStreams,
  type Dataset,
  type HostRecord,
  initialWeights,
  type ModelSpec,
  SandglassError,
  type Splits,
  type Watched,
  watch,
} from '@sandglass/core'
import { dataOf, type FitData } from '../fit/data'
import { checkInitialWeights } from '../fit/evaluation-weights'
import { runFit } from '../fit/fit'
import { openModel } from '../model/trained-model'
import { cutStages } from './cut'
import type { GreedyEvent, GreedyOptions, GreedyResult, GreedyStageResult } from './options'
import { buildStages } from './stage'
import { naming, type StageOutcome, stageChannel, trainingOf, trainStage } from './train'

/** A greedy run under way: await its result, or iterate over its events, or both. */
export type GreedyRun = Watched<GreedyEvent, GreedyResult>

/**
 * Trains an autoencoder one stage at a time, from the outermost in, then, with `fineTune`, as a whole. A stage is a
 * layer of the encoder and the one of the decoder that mirrors it; it learns to reproduce the codings of the stage
 * before it (Bengio et al., Greedy layer-wise training of deep networks, 2007). Every weight starts from where the
 * whole model would start with this seed; noise and order of data have streams of their own in every stage.
 *
 * A `target` is seen by the first stage and by the fine-tuning only; a `mask` of steps by every stage whose codings
 * are sequences of as many.
 *
 * Rejects as `fit` does, naming the stage; with `SandglassError` `spec` or `shape` when the model cannot be cut.
 */
export function fitGreedy(model: ModelSpec, data: Splits | Dataset, options: GreedyOptions): GreedyRun {
  return watch((channel) => run(model, data, options, channel))
}

async function run(
  spec: ModelSpec,
  source: Splits | Dataset,
  options: GreedyOptions,
  channel: Channel<GreedyEvent>,
): Promise<GreedyResult> {
  const { backend, onBackend, seed = 0, metrics, signal, fineTune } = options
  const { whole, stages, given } = await plan(spec, source, options)
  const trainings = stages.map((stage, k) =>
    trainingOf(`stage ${stage.number}`, options, options.stages?.[k]),
  )
  const finalTraining = fineTune && trainingOf('the fine-tuning', options, fineTune)
  const seedOf = (which: number) => createStreams(seed).at('greedy', which).bits(new Uint32Array(1))[0]!

  const { procedure = 'separate' } = options
  const cached = procedure === 'separate' || options.cache !== false
  let weights: HostRecord = { ...initialWeights(whole, seed), ...options.initialWeights }
  let next: FitData<Dataset> | undefined = given
  const results: GreedyStageResult[] = []
  for (const [k, stage] of stages.entries()) {
    if (!next || signal?.aborted) break
    const data: FitData<Dataset> = next
    const settings = { ...trainings[k]!, seed: seedOf(k) }
    const done: StageOutcome = await naming(`stage ${stage.number}`, () =>
      trainStage({ whole, stages, stage, weights, data, procedure, cached, settings, channel }),
    )
    weights = { ...weights, ...done.weights }
    next = done.next
    results.push(done.result)
  }

  if (finalTraining && results.length === stages.length && !signal?.aborted) {
    const settings = { ...finalTraining, seed: seedOf(stages.length), initialWeights: weights }
    const fineTuned = await naming('the fine-tuning', () =>
      runFit(
        whole,
        given.train,
        { ...settings, validation: given.validation },
        stageChannel(channel, 'fineTune'),
      ),
    )
    const stopped = fineTuned.stopped === 'aborted' ? 'aborted' : 'completed'
    return { model: fineTuned.model, stages: results, fineTuned, stopped }
  }
  const model = await openModel({ model: whole, weights }, { backend, onBackend, metrics, seed })
  return { model, stages: results, stopped: signal?.aborted ? 'aborted' : 'completed' }
}

async function plan(spec: ModelSpec, data: Splits | Dataset, options: GreedyOptions) {
  const { registry, procedure = 'separate' } = options
  if ((spec as { type?: unknown }).type !== 'autoencoder')
    throw new SandglassError('spec', 'fitGreedy trains autoencoders', {
      got: String((spec as { type?: unknown }).type),
      expected: 'the spec that autoencoder({ encoder, decoder }) gives',
    })
  if (procedure !== 'separate' && procedure !== 'phases')
    throw new SandglassError('spec', 'the procedure is unknown', {
      got: String(procedure),
      expected: 'separate or phases',
    })
  await registry.load([spec, options.stages?.map(({ loss, corruption }) => [loss, corruption])])
  const given = randomAccess(dataOf(data, options.validation))
  const fields = Object.fromEntries(
    Object.entries(given.train.fields).map(([name, { shape }]) => [name, shape]),
  )
  const whole = registry.build('model', spec, { registry, fields })
  if (options.initialWeights) checkInitialWeights(whole, options.initialWeights)
  const stages = buildStages(whole, cutStages(whole, options.stages), options.stages ?? [], registry)
  for (const { number, model } of stages)
    if (!model.objectives[0]!.trains.length)
      throw new SandglassError('spec', `stage ${number} has no weights to train`, {
        got: model.layers.map(({ type }) => type).join(', '),
      })
  return { whole, stages, given }
}

/** Codings are made of all samples of a stage before the next one begins. Throws `SandglassError` (`data`) on streams. */
function randomAccess({ train, validation }: FitData): FitData<Dataset> {
  return { train: notStreamed(train), ...(validation && { validation: notStreamed(validation) }) }
}

function notStreamed(data: AnyDataset): Dataset {
  if (!('read' in data)) return data
  throw new SandglassError('data', `fitGreedy cannot train on the stream "${data.name}"`, {
    expected: 'datasets, whose samples can be read in any order',
    advice: 'Load it into memory first: await load(stream).',
  })
}
