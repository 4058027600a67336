export { type Activation, activationResult } from './activation'
export * from './activations/index'
export { type Aliases, type Meaning, meaningOf, showMeaning } from './aliases'
export type { Attachment, Attachments } from './attachment'
export type {
  Backend,
  EvaluateRequest,
  Probe,
  Program,
  RunRequest,
  Session,
  StepRequest,
  TrainingState,
} from './backend'
export type { Batch } from './batch'
export { buildChain, type Chain, type ChainResult, type ChainSite, weightsOf } from './chain'
export { type Collective, meanOfShards, type Shard } from './collective'
export type { Context } from './context'
export { type ControlDeclarations, type Controls, checkControls, controlOf, controlValues } from './control'
export type { Corruption } from './corruption'
export { beside, countedMean } from './counted-mean'
export { after, together } from './data/after'
export { createBatch } from './data/create-batch'
export { createDataset } from './data/create-dataset'
export { createLazyDataset, type LazyDatasetOptions } from './data/create-lazy-dataset'
export { createStream, type StreamDescription } from './data/create-stream'
export { type Derivation, derive } from './data/derive'
export { joinFields } from './data/join-fields'
export { describePosition } from './data/position'
export { type FieldValues, readField } from './data/read-field'
export { checkedRows, range } from './data/rows'
export { describeField, type StoredField, shapesOf } from './data/stored-field'
export { streamOf } from './data/stream-of'
export type {
  AnyDataset,
  Dataset,
  FieldDescription,
  FieldDescriptions,
  MemoryDataset,
  Splits,
  StandIn,
  StorageType,
  StreamedDataset,
  StreamOptions,
} from './dataset'
export { defineLayer } from './define-layer'
export {
  type Built,
  type Defined,
  type Definition,
  define,
  type Kind,
  type LazyDefinition,
  type Site,
  type SpecOf,
  type SpecsOf,
  specRef,
} from './definition'
export { article, describeValue, isPlainObject, isPromise, isTensor } from './describe-value'
export type {
  Engine,
  EngineBatch,
  EngineEvaluation,
  EngineRun,
  EngineState,
  EngineStep,
  HalfStep,
} from './engine'
export { type ErrorCode, type ErrorDetails, isSandglassError, SandglassError } from './errors'
export { type Channel, type Watched, watch } from './event-channel'
export type { Exhibit, ExhibitInput, ExhibitMaker } from './exhibit'
export type * from './exhibit-data'
export { batchShapes, inputBatch } from './feeds'
export { type Differentiated, differentiate, disposeTape } from './gradient'
export { coresUsable, cpuName, nodeModule } from './host'
export { initialWeights } from './initial-weights'
export type { Initializer } from './initializer'
export * from './initializers/index'
export { attachmentsSchema } from './io/attachments'
export { decodeDocument, encodeDocument, type SandglassDocument } from './io/document'
export { type ForeignFile, foreignFile } from './io/foreign-file'
export {
  decodeModel,
  encodeModel,
  inspectModel,
  type ModelFile,
  type ModelFileContents,
  type UsedPlugin,
} from './io/model-file'
export { readSafetensors, type Safetensors, writeSafetensors } from './io/safetensors'
export { decodeState, encodeState, type StateFile } from './io/state-file'
export { parseStrictJson } from './io/strict-json'
export type { Anywhere, Kinds } from './kinds'
export type { Layer, LayerInput, LayerSite } from './layer'
export { layerNamedIn, nameLayer } from './layer-error'
export type { LayerResult } from './layer-result'
export { type Filters, type LayerTraits, passesOn } from './layer-traits'
export * from './layers/index'
export type { Likelihood } from './likelihood'
export type { Comparison, Logits, Loss, Metric } from './loss'
export * from './losses/index'
export { malformedOptions } from './malformed-options'
export type { Mapping, MappingRegularizer } from './mapping-regularizer'
export * from './metrics/index'
export { isMissingPackage } from './missing-package'
export type { Model, ModelSite } from './model'
export { checkDecoder, inputShapeOf, sumParts } from './models/assemble'
export { fitAbsent } from './models/fit-absent'
export * from './models/index'
export { nearest } from './nearest'
export { clearNearlyZero, clearsNearlyZero, NEARLY_ZERO } from './nearly-zero'
export type { ModelFunction, Network } from './network'
export type { Objective, ObjectiveResult } from './objective'
export { registerMissingGradients } from './ops/missing-gradients'
export { registerMissingKernels } from './ops/missing-kernels'
export type { Optimizer, OptimizerInput, OptimizerState, SlotDeclaration } from './optimizer'
export { penalties } from './penalties'
export { API_VERSION, definePlugin, type HowToAdd, type Plugin } from './plugin'
export { core } from './plugin-core'
export type { Preset } from './preset'
export {
  defineProcedure,
  type Procedure,
  type ProcedureEvent,
  type ProcedureResult,
  type ProcedureTools,
} from './procedure'
export { draw } from './random/draw'
export { type Draws, drawsAt, type Place } from './random/draws'
export { createStreams, type Stream, type Streams } from './random/streams'
export { tensorSource } from './random/tensor-source'
export type { Distribution, RandomSource } from './random-source'
export { createRegistry, type Registry, type RegistryOptions } from './registry'
export type { Entry } from './registry/entry'
export type { Regularizer } from './regularizer'
export type { Sampler, SamplerDraw, SamplerFit } from './sampler'
export * from './samplers/index'
export type { BatchOptions, FunctionInputs, NestedNumbers, RunOptions, Samples } from './samples'
export { type FitSamplerOptions, fitSampler, type SampleOptions, sample } from './sampling'
export type { Schedule, ScheduleProgress, ScheduleSite } from './schedule'
export * from './schemas'
export { createSerially, type Serially } from './serially'
export { openSession } from './session'
export { type Shape, type Shapes, sameShape, showShape, sizeOf } from './shape'
export { requiredSide, sideFields, withMask } from './side'
export { type ForeignSpec, freezeDeep, type Json, type Spec } from './spec'
export type * from './specs'
export {
  evaluateStep,
  type GradientInput,
  type GradientOutput,
  gradientStep,
  type StepInput,
  type StepOutput,
  trainStep,
  type UpdateInput,
  updateStep,
} from './step'
export { formatSummary, type Summary, type SummaryRow, summary } from './summary'
export type { HostRecord, HostTensor, Scalars, TensorRecord, TypedArray } from './tensors'
export type { PerformOptions, TrainedModel } from './trained-model'
export {
  type Cycle,
  checkTurns,
  type Monitor,
  type Monitored,
  monitorSchema,
  type Phase,
  phasesOf,
  type Start,
  startSchema,
  type Training,
  type Turns,
  trainingSchema,
  turnsSchema,
} from './training'
export {
  type AveragedSlot,
  type AveragedWeights,
  averagedSlots,
  averagedWeights,
  initialSlots,
  objectiveOf,
  trainedShapes,
} from './training-state'
export type { SharedWeight, WeightDeclaration } from './weight'
export type { Workload } from './workload'
