import type { Anywhere } from './kinds'
import type { Stream } from './random/streams'
import type { Shape } from './shape'

/** Fills a new weight of `shape`, drawing from `stream`. Row-major float32. */
export type Initializer = (shape: Shape, stream: Stream) => Float32Array

declare module './kinds' {
  interface Kinds {
    initializer: { built: Initializer; site: Anywhere }
  }
}
