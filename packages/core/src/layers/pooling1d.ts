import type { Tensor } from '@tensorflow/tfjs-core'
import { reshape } from '@tensorflow/tfjs-core'
import type { LayerSite } from '../layer'
import type { Pair } from '../ops/windows'
import { positiveInt } from '../schemas'
import type { Shape } from '../shape'
import { type Padding, paddingOption, positions } from './image'
import { sequenceShape } from './sequence'

export const pooling1dOptions = {
  poolSize: positiveInt.default(2),
  /** Default: `poolSize`. */
  strides: positiveInt.optional(),
  padding: paddingOption(),
}

interface Pooling1dOptions {
  poolSize: number
  strides?: number | undefined
  padding: Padding
}

/** Windows of one step's height over a sequence as an image of one row. */
interface Pooling1d {
  readonly size: Pair
  readonly strides: Pair
  readonly outputShape: Shape
  /** `[batch, time, features]` → what `pool` makes of `[batch, 1, time, features]` → `[batch, time′, features]`. */
  through(input: Tensor, pool: (rows: Tensor) => Tensor): Tensor
}

/** How windows move over a sequence. Throws when the input is none, or less than one step would be left. */
export function pooling1d(
  { poolSize, strides = poolSize, padding }: Pooling1dOptions,
  site: LayerSite,
): Pooling1d {
  const { path, inputShape } = site
  const [time, features] = sequenceShape(inputShape, site, 'pooling')
  const size: Pair = [1, poolSize]
  const moves: Pair = [1, strides]
  const [, steps] = positions([1, time], size, moves, padding, { path, what: 'a pool', sequence: true })
  return {
    size,
    strides: moves,
    outputShape: [steps, features],
    through: (input, pool) => reshape(pool(reshape(input, [-1, 1, time, features])), [-1, steps, features]),
  }
}
