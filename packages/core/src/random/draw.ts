import type { Distribution } from '../random-source'
import type { Stream } from './streams'

/**
 * Fills `out` with what a `RandomSource` of the same stream would give: how a compiled session feeds the numbers that
 * an eager one would draw.
 */
export function draw(stream: Stream, distribution: Distribution, out: Float32Array): Float32Array {
  return stream[distribution](out)
}
