import type { Scalar } from '@tensorflow/tfjs-core'
import type { LayerResult } from './layer-result'
import type { RandomSource } from './random-source'

/** All that a pure function may depend on besides its weights and inputs. */
export interface Context {
  /** True while training: dropout drops, noise is added, batch statistics are used. */
  readonly training: boolean
  readonly random: RandomSource
  /** Values of the model's controls, each a scalar; `controlOf` reads one. Absent where a model has none. */
  readonly controls?: Readonly<Record<string, Scalar>>
  /** Told the result of every layer of a chain; how activations are looked at without a model's help. */
  readonly watch?: (path: string, result: LayerResult) => void
}
