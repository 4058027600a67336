import type { activations } from './activations/index'
import type { SpecsOf } from './definition'
import type { initializers } from './initializers/index'
import type { layers } from './layers/index'
import type { losses } from './losses/index'
import type { metrics } from './metrics/index'
import type { models } from './models/index'
import type { ForeignSpec } from './spec'

// The augmentable maps: a plugin's types become known to the compiler by
// `declare module '@sandglass/core' { interface LayerSpecs { 'acme/tv': TvSpec } }`.
export interface ActivationSpecs extends SpecsOf<typeof activations> {}
// biome-ignore lint/suspicious/noEmptyInterface: augmentable
export interface CorruptionSpecs {}
export interface InitializerSpecs extends SpecsOf<typeof initializers> {}
export interface LayerSpecs extends SpecsOf<typeof layers> {}
export interface LossSpecs extends SpecsOf<typeof losses> {}
// biome-ignore lint/suspicious/noEmptyInterface: augmentable
export interface MappingRegularizerSpecs {}
export interface MetricSpecs extends SpecsOf<typeof metrics> {}
export interface ModelSpecs extends SpecsOf<typeof models> {}
// biome-ignore lint/suspicious/noEmptyInterface: augmentable
export interface OptimizerSpecs {}
// biome-ignore lint/suspicious/noEmptyInterface: augmentable
export interface RegularizerSpecs {}
// biome-ignore lint/suspicious/noEmptyInterface: augmentable
export interface ScheduleSpecs {}

/** Also keeps a union of an empty map from collapsing when declarations are emitted, before a plugin fills it. */
type ForeignName = `${string}/${string}`
type AnyOf<Specs> = Specs[keyof Specs] | ForeignSpec | ForeignName
/** Types whose options are all optional may be given by name alone. */
type Named<Specs> = { [T in keyof Specs]: { type: T } extends Specs[T] ? T : never }[keyof Specs] & string

export type ActivationSpec = AnyOf<ActivationSpecs> | Named<ActivationSpecs>
export type CorruptionSpec = AnyOf<CorruptionSpecs> | Named<CorruptionSpecs>
export type InitializerSpec = AnyOf<InitializerSpecs> | Named<InitializerSpecs>
export type LayerSpec = AnyOf<LayerSpecs> | Named<LayerSpecs>
export type LossSpec = AnyOf<LossSpecs> | Named<LossSpecs>
export type MappingRegularizerSpec = AnyOf<MappingRegularizerSpecs> | Named<MappingRegularizerSpecs>
export type MetricSpec = AnyOf<MetricSpecs> | Named<MetricSpecs>
export type ModelSpec = Exclude<AnyOf<ModelSpecs>, string>
export type OptimizerSpec = AnyOf<OptimizerSpecs> | Named<OptimizerSpecs>
export type RegularizerSpec = AnyOf<RegularizerSpecs> | Named<RegularizerSpecs>
export type ScheduleSpec = AnyOf<ScheduleSpecs> | Named<ScheduleSpecs>
