import type { ExhibitInput, Kind, Shape } from '@sandglass/core'

/** What every case has. */
export interface CommonCase {
  /** Options of the spec, as given to its factory. Default none. */
  options?: Readonly<Record<string, unknown>>
}

/** How far a case's derivatives are checked numerically. */
export interface Smoothness {
  /** False where kinks lie within reach of the inputs (or nothing is differentiable): no numeric gradients. */
  smooth?: boolean
  /** 2 checks second derivatives as well. Default 2. */
  order?: 1 | 2
  /** Allowed relative error of the derivatives; see `gradientCheck`. Default 2e-3. */
  relative?: number
  /** Allowed absolute error of the derivatives; by default the float32 noise. */
  absolute?: number
}

export type Range = readonly [low: number, high: number]

export interface TensorCase extends CommonCase, Smoothness {
  /** Shape of the tensor it is tried on, batch included. */
  shape?: readonly number[]
  /** Inputs are spread over this. */
  range?: Range
}

export interface LayerCase extends CommonCase, Smoothness {
  /** Shape of one sample. */
  inputShape: Shape
  /** Samples. Default 4. */
  batch?: number
  range?: Range
  /** Specs of layers before it (to tie weights to, say); `inputShape` is then the first one's. */
  before?: readonly unknown[]
  /** Shapes of the side inputs that it may read. Its derivatives in them are checked too. */
  side?: Readonly<Record<string, Shape>>
}

export interface ComparisonCase extends CommonCase, Smoothness {
  /** Shape of target and output, batch included. Default [4, 3]. */
  shape?: readonly number[]
  /** Default [0.1, 0.9]. */
  range?: Range
  /** Default [0.1, 0.9]. */
  targetRange?: Range
  /** Targets are rounded to whole numbers. */
  wholeTargets?: boolean
  /** Gives the loss the logits of its output as well. */
  link?: 'sigmoid' | 'softmax'
}

export interface InitializerCase extends CommonCase {
  /** Shapes to fill. Default [3, 4], [5] and [3, 3, 2, 4]. */
  shapes?: readonly Shape[]
}

export interface ModelCase extends CommonCase, Smoothness {
  /** Shapes of the batch's fields without the batch. */
  fields: Readonly<Record<string, Shape>>
  /** Values of a field are spread over this. Default [0.1, 0.9]. */
  ranges?: Readonly<Record<string, Range>>
  /** Default 4. */
  batch?: number
  /** Values of the model's controls. Default: the numbers that it declares, 0.5 where it declares schedules. */
  controls?: Readonly<Record<string, number>>
  /** Changes what a training could change outside of the model, which its maths must not read. */
  change?: () => void
}

export interface MappingCase extends CommonCase, Smoothness {
  /** Shape of the samples, batch included. Default [4, 3]. */
  shape?: readonly number[]
  /** Shape of what the mapping gives for one sample. Default [2]. */
  outputShape?: Shape
  /** Inputs are spread over this. Default [-1, 1]. */
  range?: Range
}

export interface OptimizerCase extends CommonCase {
  /** Used where its own is the spec of a schedule. Default 0.01. */
  learningRate?: number
}

export interface LikelihoodCase extends CommonCase, Smoothness {
  /** Shape of the data, batch included. Default [4, 3]. */
  shape?: readonly number[]
  /** Parameters are spread over this. Default [-2, 2]. */
  range?: Range
  /** All values of the data, where they can be counted. */
  values?: readonly number[]
  /** Where nearly all of the probability lies, for data without bounds. */
  integrate?: Range
}

export interface SamplerCase extends CommonCase {
  /** Of one code. Default [3]. */
  shape?: Shape
  /** Codes that it is fitted to. Default 40. */
  samples?: number
}

export interface ExhibitCase extends CommonCase {
  /** A run of which it has something to show. */
  input: ExhibitInput
}

/** Cases by kind. Kinds that are not here are checked as specs only. */
export interface Cases {
  activation: TensorCase
  corruption: TensorCase
  exhibit: ExhibitCase
  initializer: InitializerCase
  layer: LayerCase
  likelihood: LikelihoodCase
  loss: ComparisonCase
  mappingRegularizer: MappingCase
  metric: ComparisonCase
  model: ModelCase
  optimizer: OptimizerCase
  regularizer: TensorCase
  sampler: SamplerCase
}

export type CaseOf<K extends Kind> = K extends keyof Cases ? Cases[K] : CommonCase
