import type { Tensor } from '@tensorflow/tfjs-core'
import type { Context } from './context'
import type { Anywhere } from './kinds'

/** Damages an input `[batch, …]` for a denoising model to repair; draws from streams below `path`. */
export type Corruption = (x: Tensor, context: Context, path: string) => Tensor

declare module './kinds' {
  interface Kinds {
    corruption: { built: Corruption; site: Anywhere }
  }
}
