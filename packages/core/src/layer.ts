import type { Tensor } from '@tensorflow/tfjs-core'
import type { Context } from './context'
import type { LayerResult } from './layer-result'
import type { LayerTraits } from './layer-traits'
import type { Registry } from './registry'
import type { Shape, Shapes } from './shape'
import type { TensorRecord } from './tensors'
import type { SharedWeight, WeightDeclaration } from './weight'

/** Where a layer is being built. */
export interface LayerSite {
  /** `encoder/1`; prefix of its weights and random streams. */
  readonly path: string
  readonly inputShape: Shape
  readonly registry: Registry
  /** Layers built before this one in the same model, by path and, if they have one, by `name`. */
  readonly earlier: ReadonlyMap<string, Layer>
  /** Shapes of the side inputs that there will be, without the batch. */
  readonly side: Shapes
}

export interface LayerInput {
  /** `[batch, …inputShape]` */
  readonly input: Tensor
  /** This layer's weights by local name (`kernel`), shared ones included. */
  readonly weights: TensorRecord
  readonly context: Context
  /** `[batch, time]`, 1 where a step counts, when the sequence has a mask. */
  readonly mask?: Tensor
  /** The side inputs that the layer reads, `[batch, …]`. */
  readonly side: TensorRecord
}

/** A layer spec built for one place in one model. */
export interface Layer {
  /** Type of its spec; set by `buildChain`. */
  readonly type?: string
  readonly path: string
  readonly inputShape: Shape
  readonly outputShape: Shape
  /** By local name; stored under `${path}/${name}`. */
  readonly weights: Readonly<Record<string, WeightDeclaration | SharedWeight>>
  readonly traits: LayerTraits
  /** What it reads beside its input, by name: shapes without the batch, as `LayerSite.side` has them. */
  readonly side?: Shapes
  /** Pure: no side effects, nothing read but its arguments. */
  apply(input: LayerInput): LayerResult
}

declare module './kinds' {
  interface Kinds {
    layer: { built: Layer; site: LayerSite }
  }
}
