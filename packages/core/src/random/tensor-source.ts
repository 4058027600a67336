import { type Tensor, tensor } from '@tensorflow/tfjs-core'
import { SandglassError } from '../errors'
import type { Distribution, RandomSource } from '../random-source'
import { showShape, sizeOf } from '../shape'
import { draw } from './draw'
import type { Streams } from './streams'

/**
 * The random source of one step for eager maths: tensors of the numbers of `streams.at(stream, step)`, made on the
 * host and so the same on every backend. `first` is the place of the batch's first sample among all that are drawn at
 * this step: batches of 4 with `first` 0 and 4 draw what one batch of 8 would. A stream asked twice gives the same
 * numbers twice. Throws `SandglassError` for a shape that is not made of sizes.
 */
export function tensorSource(streams: Streams, step: number, first = 0): RandomSource {
  const source =
    (distribution: Distribution) =>
    (stream: string, shape: readonly number[]): Tensor => {
      if (!shape.every((extent) => Number.isSafeInteger(extent) && extent >= 0))
        throw new SandglassError('shape', `cannot draw random stream "${stream}"`, {
          got: `shape ${showShape(shape)}`,
          expected: 'extents that are integers from 0 up, the batch included',
        })
      const from = first * sizeOf(shape.slice(1))
      const values = draw(streams.at(stream, step, from), distribution, new Float32Array(sizeOf(shape)))
      return tensor(values, [...shape], 'float32')
    }
  return Object.freeze<RandomSource>({
    uniform: source('uniform'),
    normal: source('normal'),
    truncatedNormal: source('truncatedNormal'),
  })
}
