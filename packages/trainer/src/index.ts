export {
  type LayerChoice,
  type ObservedLayer,
  observedLayers,
  switchesOff,
} from './activity/activity-layers'
export type { LayerActivity } from './activity/activity-sums'
export { type UnitActivityOptions, unitActivity } from './activity/unit-activity'
export {
  type BackendChoice,
  type BackendOption,
  backendOf,
  backendsOf,
  type OnBackend,
} from './backends/choose-backend'
export { backends, cpu, tensorflow, tensorflowGpu, wasm, webgl, webgpu } from './backends/index'
export { type Selection, selectBackend } from './backends/select-backend'
export {
  type ActivityRecord,
  activity,
  activityRecords,
  type Callback,
  type CallbackSpec,
  type CallbackSpecs,
  earlyStopping,
  improves,
  type Run,
  terminateOnNan,
} from './callbacks/index'
export {
  type CallbackState,
  type Checkpoint,
  decodeCheckpoint,
  encodeCheckpoint,
  type Position,
} from './checkpoint/checkpoint'
export { type EagerOptions, openEagerSession } from './eager/session'
export type { EndEvent, EpochEvent, FitEvent, StartEvent, StepEvent, StopReason } from './fit/events'
export { type FitResult, type FitRun, fit } from './fit/fit'
export type { HistoryEntry } from './fit/history'
export type { Optimizers } from './fit/optimizers'
export type { FitOptions } from './fit/options'
export { fitGreedy, type GreedyRun } from './greedy/fit-greedy'
export type {
  GreedyEvent,
  GreedyOptions,
  GreedyResult,
  GreedyStage,
  GreedyStageResult,
  GreedyTraining,
} from './greedy/options'
export { openModel } from './model/trained-model'
export * from './optimizers/index'
export { trainer } from './plugin'
export * from './schedules/index'
export type {} from './specs-augment'
