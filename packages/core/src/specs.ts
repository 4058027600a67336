import type { ForeignSpec } from './spec'

// The augmentable maps: a plugin's types become known to the compiler by
// `declare module '@sandglass/core' { interface LayerSpecs { 'acme/tv': TvSpec } }`. Core's own are added where they are
// listed, so that this file imports none of them.
// biome-ignore lint/suspicious/noEmptyInterface: augmentable
export interface ActivationSpecs {}
// biome-ignore lint/suspicious/noEmptyInterface: augmentable
export interface CorruptionSpecs {}
// biome-ignore lint/suspicious/noEmptyInterface: augmentable
export interface InitializerSpecs {}
// biome-ignore lint/suspicious/noEmptyInterface: augmentable
export interface LayerSpecs {}
// biome-ignore lint/suspicious/noEmptyInterface: augmentable
export interface LossSpecs {}
// biome-ignore lint/suspicious/noEmptyInterface: augmentable
export interface MappingRegularizerSpecs {}
// biome-ignore lint/suspicious/noEmptyInterface: augmentable
export interface MetricSpecs {}
// biome-ignore lint/suspicious/noEmptyInterface: augmentable
export interface ModelSpecs {}
// biome-ignore lint/suspicious/noEmptyInterface: augmentable
export interface OptimizerSpecs {}
// biome-ignore lint/suspicious/noEmptyInterface: augmentable
export interface RegularizerSpecs {}
// biome-ignore lint/suspicious/noEmptyInterface: augmentable
export interface SamplerSpecs {}
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
export type SamplerSpec = AnyOf<SamplerSpecs> | Named<SamplerSpecs>
export type ScheduleSpec = AnyOf<ScheduleSpecs> | Named<ScheduleSpecs>
