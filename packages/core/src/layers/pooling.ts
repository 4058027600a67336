import type { LayerSite } from '../layer'
import type { Pair } from '../ops/windows'
import type { Shape } from '../shape'
import { imageShape, type Padding, paddingOption, pairOf, pairOption, positions } from './image'

export const poolingOptions = {
  poolSize: pairOption().default(2),
  /** Default: `poolSize`. */
  strides: pairOption().optional(),
  padding: paddingOption(),
}

interface PoolingOptions {
  poolSize: number | [number, number]
  strides?: number | [number, number] | undefined
  padding: Padding
}

/** Extents after pooling; throws when less than one pixel would be left. */
export function poolShape(
  { poolSize, strides: given, padding }: PoolingOptions,
  { inputShape, path }: LayerSite,
): { size: Pair; strides: Pair; outputShape: Shape } {
  const [height, width, channels] = imageShape(inputShape, path, 'pooling')
  const size = pairOf(poolSize)
  const strides = pairOf(given ?? poolSize)
  const extents = positions([height, width], size, strides, padding, { path, what: 'a pool' })
  return { size, strides, outputShape: [...extents, channels] }
}
