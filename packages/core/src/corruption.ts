import type { Tensor } from '@tensorflow/tfjs-core'
import type { Context } from './context'

/** Damages an input `[batch, …]` for a denoising model to repair; draws from streams below `path`. */
export type Corruption = (x: Tensor, context: Context, path: string) => Tensor
