import { pad, reshape, slice, type Tensor4D } from '@tensorflow/tfjs-core'
import type { Pair } from './windows'

/**
 * A kernel `[h, w, …]` with `rate − 1` zeros between its taps. Convolving with it is the dilated convolution, whose
 * gradients tfjs does not have.
 */
export function dilateKernel(kernel: Tensor4D, [rows, columns]: Pair): Tensor4D {
  if (rows === 1 && columns === 1) return kernel
  const [h, w, from, to] = kernel.shape
  const apart = pad(reshape(kernel, [h, 1, w, from * to]), [
    [0, 0],
    [0, rows - 1],
    [0, 0],
    [0, (columns - 1) * from * to],
  ])
  const spread = reshape(apart, [h * rows, w * columns, from, to]) as Tensor4D
  return slice(spread, [0, 0, 0, 0], [(h - 1) * rows + 1, (w - 1) * columns + 1, from, to])
}
