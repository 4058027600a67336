import type { Tensor } from '@tensorflow/tfjs-core'
import type { Context } from './context'
import type { Layer } from './layer'
import type { Objective } from './objective'
import type { Procedure } from './procedure'
import type { Registry } from './registry'
import type { Shape } from './shape'
import type { Spec } from './spec'
import type { TensorRecord } from './tensors'
import type { WeightDeclaration } from './weight'

/** What is known of the data when a model is built. */
export interface ModelSite {
  readonly registry: Registry
  /** Shapes of the data's fields without the batch: `{ input: [28, 28], label: [] }`. */
  readonly fields: Readonly<Record<string, Shape>>
}

/** A named pure function of a model, which any backend can run, compile or export. */
export interface ModelFunction {
  /** Shapes without the batch, by name. */
  readonly inputs: Readonly<Record<string, Shape>>
  readonly outputs: Readonly<Record<string, Shape>>
  /** `size`, the number of samples, is what a function without inputs makes; others see it in their inputs. */
  apply(weights: TensorRecord, inputs: TensorRecord, context: Context, size?: number): Record<string, Tensor>
}

/** What a model spec builds into: everything that a backend needs, and nothing that knows a backend. */
export interface Model {
  readonly spec: Spec
  readonly registry: Registry
  readonly fields: Readonly<Record<string, Shape>>
  readonly layers: readonly Layer[]
  /** By full name: `encoder/1/kernel`. */
  readonly weights: Readonly<Record<string, WeightDeclaration>>
  readonly functions: Readonly<Record<string, ModelFunction>>
  /** What loops over the functions: sampling element by element, clustering, fitting. */
  readonly procedures?: Readonly<Record<string, Procedure>>
  readonly objectives: readonly Objective[]
}
