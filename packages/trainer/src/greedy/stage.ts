import {
  type Context,
  type Model,
  type ModelFunction,
  type Objective,
  type Registry,
  requiredSide,
  type Shape,
  type Shapes,
  type Spec,
  sideFields,
  type TensorRecord,
  withMask,
} from '@sandglass/core'
import type { Tensor } from '@tensorflow/tfjs-core'
import type { StageCut } from './cut'
import type { GreedyStage } from './options'

/** One stage of a model: an autoencoder of its own, whose weights are some of the whole model's. */
export interface Stage {
  /** From 1, the outermost. */
  readonly number: number
  readonly cut: StageCut
  readonly model: Model
  /** Full name of one of its weights in the whole model: `encoder/0/kernel` → `encoder/2/kernel`. */
  wholeName(name: string): string
}

/** What `fitGreedy` needs of an autoencoder's spec; other options go to every stage as they are. */
export interface AutoencoderSpec extends Spec<'autoencoder'> {
  readonly encoder: readonly Spec[]
  readonly decoder: readonly Spec[]
  readonly loss: unknown
  readonly corruption?: unknown
}

/** Builds the stages of `whole` that `cuts` describes. Throws `SandglassError` as building any model does. */
export function buildStages(
  whole: Model,
  cuts: readonly StageCut[],
  options: readonly GreedyStage[],
  registry: Registry,
): Stage[] {
  const spec = whole.spec as AutoencoderSpec
  const stages: Stage[] = []
  for (const [k, cut] of cuts.entries()) {
    const { loss, corruption } = options[k] ?? {}
    const before = stages[k - 1]
    const codingShape = before?.model.functions.encode?.outputs.code
    const part = (layers: readonly Spec[], [from, to]: readonly [number, number]) =>
      layers.slice(from, to).map((layer) => retied(layer, cut))
    const own = {
      ...spec,
      encoder: part(spec.encoder, cut.encoder),
      decoder: part(spec.decoder, cut.decoder),
      loss: loss ?? (before ? 'meanSquaredError' : spec.loss),
      corruption: corruption ?? (before ? undefined : spec.corruption),
      ...(codingShape && { inputShape: [...codingShape] }),
    }
    const fields = codingShape
      ? { ...sideFields(whole.fields), input: codingShape, ...maskOfSteps(whole.fields.mask, codingShape) }
      : whole.fields
    stages.push({
      number: k + 1,
      cut,
      model: registry.build('model', own, { registry, fields }),
      wholeName: (name) => shifted(name, (side) => cut[side][0]),
    })
  }
  return stages
}

/** The mask of the data, where codings are sequences of as many steps. */
function maskOfSteps(mask: Shape | undefined, coding: Shape): Record<string, Shape> {
  return mask?.length === 1 && coding.length > 1 && coding[0] === mask[0] ? { mask } : {}
}

/** `tiedTo` by path counts from the beginning of the stage; by name it stays. Layers may be nested. */
function retied<T>(value: T, cut: StageCut): T {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map((child) => retied(child, cut)) as T
  return Object.fromEntries(
    Object.entries(value).map(([key, child]) => [
      key,
      key === 'tiedTo' && typeof child === 'string'
        ? shifted(child, (side) => -cut[side][0])
        : retied(child, cut),
    ]),
  ) as T
}

function shifted(path: string, by: (side: 'encoder' | 'decoder') => number): string {
  return path.replace(
    /^(encoder|decoder)\/(\d+)/,
    (_, side: 'encoder' | 'decoder', index: string) => `${side}/${Number(index) + by(side)}`,
  )
}

/** A stage's weights under its own names, out of those of the whole model. */
export function ownWeights<T>(
  { model, wholeName }: Stage,
  all: Readonly<Record<string, T>>,
): Record<string, T> {
  return Object.fromEntries(Object.keys(model.weights).map((name) => [name, all[wholeName(name)]!]))
}

/** Anything of a stage by weight, under the names of the whole model. */
export function underWholeNames<T>(
  { wholeName }: Stage,
  own: Readonly<Record<string, T>>,
): Record<string, T> {
  return Object.fromEntries(Object.entries(own).map(([name, value]) => [wholeName(name), value]))
}

/** Field of the codings that a phase learns from, and function that gives those for the next phase. */
export const CODING = 'coding'
export const NEXT_CODING = 'nextCoding'

/**
 * The whole model with the objective of one stage: what the stage alone would minimise, on codings that the stages
 * before it make of the input, frozen; or, `cached`, on codings in the field `coding`. Only its weights are trained.
 */
export function phaseModel(whole: Model, stages: readonly Stage[], stage: Stage, cached: boolean): Model {
  const before = stages.slice(0, stage.number - 1)
  const reads = before.length > 0 && cached ? CODING : 'input'
  const inner = stage.model.objectives[0]!
  const encode = stage.model.functions.encode!
  const objective: Objective = {
    name: `stage${stage.number}`,
    trains: inner.trains.map(stage.wholeName),
    fields: before.length
      ? {
          [reads]: 'required',
          ...((cached ? stage.model : whole).fields.mask && { mask: 'optional' }),
          ...requiredSide(sideOf(cached ? [stage] : [...before, stage])),
        }
      : inner.fields,
    loss: (weights, batch, context) => {
      const coding = () => (cached ? batch[reads]! : codingOf(before, weights, batch, context))
      const seen = before.length ? inputsOf(stage, coding(), batch) : batch
      const result = inner.loss(ownWeights(stage, weights), seen, context)
      return { ...result, updates: underWholeNames(stage, result.updates ?? {}) }
    },
  }
  const next: ModelFunction = {
    ...encode,
    apply: (weights, inputs, context) => encode.apply(ownWeights(stage, weights), inputs, context),
  }
  return {
    ...whole,
    fields: reads === CODING ? { ...whole.fields, [CODING]: encode.inputs.input! } : whole.fields,
    functions: { ...whole.functions, [NEXT_CODING]: next },
    objectives: [objective],
    training: undefined,
  }
}

function codingOf(
  stages: readonly Stage[],
  weights: TensorRecord,
  batch: TensorRecord,
  context: Context,
): Tensor {
  const frozen = { ...context, training: false }
  return stages.reduce(
    (coding, stage) =>
      stage.model.functions.encode!.apply(ownWeights(stage, weights), inputsOf(stage, coding, batch), frozen)
        .code!,
    batch.input!,
  )
}

/** What a stage is given: its coding, and of the rest of the batch its mask and side inputs. */
function inputsOf({ model }: Stage, coding: Tensor, { mask, ...rest }: TensorRecord): TensorRecord {
  return { ...withMask(rest, model.fields.mask ? mask : undefined), input: coding }
}

/** The fields of the data that layers of these stages read beside their input. */
export function sideOf(stages: readonly Stage[]): Shapes {
  const all: Record<string, Shape> = {}
  for (const { model } of stages) for (const { side } of model.layers) Object.assign(all, side)
  return all
}
