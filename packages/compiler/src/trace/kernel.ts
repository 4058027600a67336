import type { NamedAttrMap } from '@tensorflow/tfjs-core'
import type { Builder } from '../graph/builder'
import type { Value } from '../graph/graph'

export interface KernelCall {
  readonly build: Builder
  /** By tfjs's input names; lists (`Concat`, `Pack`) come as arrays under `list`. */
  readonly inputs: Readonly<Record<string, Value>>
  readonly list: readonly Value[]
  // biome-ignore lint/suspicious/noExplicitAny: tfjs types each kernel's attributes apart
  readonly attributes: NamedAttrMap & Record<string, any>
}

/** How one tfjs kernel is written in ONNX operators. */
export type KernelRule = (call: KernelCall) => Value | readonly Value[]

export type KernelRules = Readonly<Record<string, KernelRule>>
