import type { Builder } from '../../graph/builder'
import type { Value } from '../../graph/graph'
import { adjointWindows, columns, columnsFit, taps, type Windows } from './columns'
import { reshaped, transposed } from './shape'

/**
 * With fewer channels, windows are gathered faster tap by tap: a pixel costs about 20 ns to find and an element of a tap
 * about 1.3 ns, as measured.
 */
const FEW_CHANNELS = 8

/**
 * The gradient of a convolution in its kernel `[height, width, in, out]` as one matrix product, from the image
 * `[batch, h, w, in]` and the gradient of the result `[batch, h′, w′, out]`: all windows of the image, transposed, times
 * the gradient. A product runs at 60 to 90 GFLOP/s where ONNX Runtime's `Conv`, given batch and channels in each other's
 * place, does 6 to 24. With strides of 1 the windows can be of the gradient instead, which is cheaper when that has
 * fewer channels.
 *
 * Nothing when the windows take too much memory.
 */
export function filterGradient(
  build: Builder,
  image: Value,
  gradient: Value,
  windows: Windows,
): Value | undefined {
  const [, height, width, into] = image.shape as [number, number, number, number]
  const out = gradient.shape[3]!
  const adjoint = out < into ? adjointWindows(windows, [height, width]) : undefined
  if (adjoint && columnsFit(gradient.shape, adjoint)) {
    const product = timesWindows(build, gradient, image, adjoint)
    return transposed(build, reshaped(build, product, [...windows.size, out, into]), [0, 1, 3, 2])
  }
  if (!columnsFit(image.shape, windows)) return
  return reshaped(build, timesWindows(build, image, gradient, windows), [...windows.size, into, out])
}

/** The windows of one array, transposed, times another with as many pixels: `[size · channels, other channels]`. */
function timesWindows(build: Builder, x: Value, other: Value, windows: Windows): Value {
  const channels = other.shape[3]!
  const matrix = reshaped(build, other, [other.shape[0]! * windows.count[0] * windows.count[1], channels])
  const factor =
    x.shape[3]! < FEW_CHANNELS
      ? taps(build, x, windows)
      : transposed(build, columns(build, x, windows), [1, 0])
  return build.emit('MatMul', [factor, matrix], [factor.shape[0]!, channels])
}
