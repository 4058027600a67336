export type {
  CaseOf,
  Cases,
  CommonCase,
  ComparisonCase,
  ExhibitCase,
  InitializerCase,
  LayerCase,
  LikelihoodCase,
  ModelCase,
  OptimizerCase,
  Range,
  SamplerCase,
  Smoothness,
  TensorCase,
} from './conformance/cases'
export {
  asyncConformance,
  type ConformanceSettings,
  conformance,
  type Refusal,
} from './conformance/index'
export { type DatasetLawsOptions, datasetLaws } from './dataset-laws'
export { type ExpectedError, expectError } from './expect-error'
export { expectGolden, type Golden, type Nested, type Tolerance } from './expect-golden'
export { expectNoHiddenState, type HiddenStateOptions } from './expect-no-hidden-state'
export { expectNoLeak } from './expect-no-leak'
export { failing } from './failing-kernels'
export { fill } from './fill'
export { film, testLayers } from './film'
export { type GradientCheckOptions, type GradientReport, gradientCheck } from './gradient-check'
export { joinedCollectives } from './joined-collectives'
export { streamLaws } from './stream-laws'
export { type TestRandom, testRandom } from './test-random'
