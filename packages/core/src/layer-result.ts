import type { Scalar, Tensor } from '@tensorflow/tfjs-core'
import type { Logits } from './loss'
import type { TensorRecord } from './tensors'

export interface LayerResult {
  /** `[batch, …outputShape]` */
  readonly output: Tensor
  /** Pre-activation of `output`, if it ends in a sigmoid or softmax. */
  readonly logits?: Logits
  /** Scalars added to the loss, by the name under which they are reported. */
  readonly losses?: Record<string, Scalar>
  /** New values of state weights, by local name. */
  readonly updates?: TensorRecord
  readonly mask?: Tensor
}
