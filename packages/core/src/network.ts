import type { Tensor } from '@tensorflow/tfjs-core'
import type { Context } from './context'
import type { ControlDeclarations } from './control'
import type { Layer } from './layer'
import type { Objective } from './objective'
import type { Registry } from './registry'
import type { Shape } from './shape'
import type { Spec } from './spec'
import type { TensorRecord } from './tensors'
import type { WeightDeclaration } from './weight'

/** A named pure function of a model, which any backend can run, compile or export. */
export interface ModelFunction {
  /** Shapes without the batch, by name. */
  readonly inputs: Readonly<Record<string, Shape>>
  readonly outputs: Readonly<Record<string, Shape>>
  /** `size`, the number of samples, is what a function without inputs makes; others see it in their inputs. */
  apply(weights: TensorRecord, inputs: TensorRecord, context: Context, size?: number): Record<string, Tensor>
}

/** Weights, functions and objectives of a model: what a session runs and what procedures work with. */
export interface Network {
  readonly spec: Spec
  readonly registry: Registry
  /** Shapes of the data's fields without the batch. */
  readonly fields: Readonly<Record<string, Shape>>
  readonly layers: readonly Layer[]
  /** By full name: `encoder/1/kernel`. */
  readonly weights: Readonly<Record<string, WeightDeclaration>>
  readonly functions: Readonly<Record<string, ModelFunction>>
  readonly objectives: readonly Objective[]
  /** Numbers that may change while training, which all of its maths reads from `Context.controls`. */
  readonly controls?: ControlDeclarations
}
