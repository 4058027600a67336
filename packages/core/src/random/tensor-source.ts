import { type Tensor, tensor } from '@tensorflow/tfjs-core'
import { SandglassError } from '../errors'
import type { Distribution, RandomSource } from '../random-source'
import { showShape, sizeOf } from '../shape'
import { draw } from './draw'
import type { Draws } from './draws'

/**
 * The random source of one call for eager maths: tensors of its draws, made on the host and so the same on every
 * backend. A stream asked twice gives the same numbers twice. Throws `SandglassError` for a shape that is not made of
 * sizes.
 */
export function tensorSource(draws: Draws): RandomSource {
  const source =
    (distribution: Distribution) =>
    (stream: string, shape: readonly number[]): Tensor => {
      if (!shape.every((extent) => Number.isSafeInteger(extent) && extent >= 0))
        throw new SandglassError('shape', `cannot draw random stream "${stream}"`, {
          got: `shape ${showShape(shape)}`,
          expected: 'extents that are integers from 0 up, the batch included',
        })
      const values = draw(
        draws(stream, sizeOf(shape.slice(1))),
        distribution,
        new Float32Array(sizeOf(shape)),
      )
      return tensor(values, [...shape], 'float32')
    }
  return Object.freeze<RandomSource>({
    uniform: source('uniform'),
    normal: source('normal'),
    truncatedNormal: source('truncatedNormal'),
  })
}
