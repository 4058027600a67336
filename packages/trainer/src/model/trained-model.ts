import {
  type AnyDataset,
  type Attachments,
  type BatchOptions,
  type Controls,
  encodeModel,
  type FunctionInputs,
  type HostRecord,
  type HostTensor,
  type Json,
  type MetricSpec,
  type Model,
  type ModelFile,
  type PerformOptions,
  type RunOptions,
  type Samples,
  SandglassError,
  type Scalars,
  type Session,
  type TrainedModel,
  watch,
} from '@sandglass/core'
import { type BackendOption, backendOf, isBackend, type OnBackend } from '../backends/choose-backend'
import { initialControls } from '../fit/controls'
import { checkFields } from '../fit/data'
import { evaluateDataset } from '../fit/evaluate'
import { named } from '../fit/plan'
import { performProcedure } from './perform'
import { checkCount, functionNamed, runFunction } from './run-function'
import { isDataset } from './samples'

/** Opens a model that was trained before, as it comes out of a model file. */
export async function openModel(
  { model, weights, attachments, controls, extras }: ModelFile,
  options: {
    readonly backend?: BackendOption
    readonly onBackend?: OnBackend
    readonly metrics?: readonly MetricSpec[]
    readonly seed?: number
  },
): Promise<TrainedModel> {
  const { backend: wanted = 'auto', onBackend, metrics = [], seed = 0 } = options
  if (!isBackend(wanted)) await model.registry.load(wanted)
  const specs = metrics.map((metric, i) => model.registry.parse('metric', metric, `metrics[${i}]`))
  const program = { model, seed, metrics: named(specs, model.registry) }
  const session = await backendOf(wanted, model.registry, onBackend).open(program)
  try {
    await session.restore({ weights })
  } catch (error) {
    session.dispose()
    throw error
  }
  return createTrainedModel(model, session, {
    seed,
    attachments,
    controls: { ...initialControls(model), ...controls },
    extras,
  })
}

export interface Belongings {
  /** Of random functions and procedures. */
  readonly seed: number
  readonly attachments?: Attachments
  /** What the controls of the model are. */
  readonly controls: Controls
  readonly extras?: Json
  /** How its weights are replaced, where the session keeps more than them. Default: they are restored. */
  setWeights?(weights: HostRecord): Promise<void>
}

/** A trained model on a session, which it owns from now on and whose averaged weights, if any, equal its weights. */
export function createTrainedModel(model: Model, session: Session, belongings: Belongings): TrainedModel {
  const {
    seed,
    controls,
    extras: kept = {},
    setWeights = (weights) => session.restore({ weights }),
  } = belongings
  let attachments: Attachments = { ...belongings.attachments }
  let draws = 0

  const weights = async () => (await session.state()).weights

  const current = (options: BatchOptions): Controls => ({ ...controls, ...options.controls })

  async function run(name: string, inputs: FunctionInputs, options: RunOptions = {}): Promise<HostRecord> {
    const draw = options.draw ?? (options.seed === undefined ? draws++ : 0)
    return runFunction(model, session, name, inputs, { ...options, draw, controls: current(options) })
  }

  async function apply(
    name: string,
    samples: Samples | AnyDataset,
    options?: RunOptions,
  ): Promise<HostTensor> {
    const { inputs, outputs } = functionNamed(model, name)
    const names = Object.keys(inputs)
    if (names.length !== 1 && !isDataset(samples))
      throw new SandglassError(
        'spec',
        `"${name}" has ${names.length ? 'several' : 'no'} inputs${names.length ? `: ${names.join(', ')}` : ''}`,
        {
          advice: names.length
            ? `Give a dataset that has them as fields, or call run('${name}', { ${names.join(', ')} }).`
            : `Call run('${name}', {}, { size }).`,
        },
      )
    const results = await run(name, isDataset(samples) ? samples : { [names[0]!]: samples }, options)
    return results[Object.keys(outputs)[0]!]!
  }

  async function perform(
    name: string,
    options: PerformOptions,
    channel: Parameters<typeof performProcedure>[3],
  ) {
    const performer = { model, session, seed, attachments, controls, weights }
    const result = await performProcedure(performer, name, options, channel)
    if (result.weights) await setWeights({ ...(await weights()), ...result.weights })
    attachments = { ...attachments, ...result.attachments }
    return result
  }

  return {
    model,
    backend: session.backend,
    get attachments() {
      return attachments
    },
    controls,
    extras: kept,
    run,
    apply,
    encode: (samples, options) => apply('encode', samples, options),
    decode: (samples, options) => apply('decode', samples, options),
    reconstruct: (samples, options) => apply('reconstruct', samples, options),
    perform: (name, options = {}) => watch((channel) => perform(name, options, channel)),
    attach: (name, attachment) => {
      attachments = { ...attachments, [name]: attachment }
    },
    detach: (name) => {
      const { [name]: _, ...rest } = attachments
      attachments = rest
    },
    evaluate: async (data, options: BatchOptions = {}) => {
      const { batchSize = 32 } = options
      checkCount('batchSize', batchSize)
      checkFields(model, data)
      const objectives = model.objectives.map(({ name }) => name)
      const evaluation = { objectives, batchSize, controls: current(options) }
      return (await evaluateDataset(session, model, data, evaluation)) as Scalars
    },
    weights,
    save: async (extras = kept) =>
      encodeModel({ model, weights: await weights(), attachments, controls, extras }),
    dispose: () => session.dispose(),
  }
}
