import type { Tensor } from '@tensorflow/tfjs-core'
import type { Shape } from './shape'

/** Named tensors: weights (`encoder/1/kernel`), a batch (`input`, `target`), optimizer slots. */
export type TensorRecord = Record<string, Tensor>

export type TypedArray = Float32Array | Int32Array | Uint8Array

/** An array that lives on the host, row-major. */
export interface HostTensor {
  readonly shape: Shape
  readonly data: TypedArray
}

export type HostRecord = Record<string, HostTensor>

/** Numbers named as they appear in the history: `loss`, `reconstruction`, `roundedAccuracy`. */
export type Scalars = Record<string, number>
