import { backend_util, pad, slice, stridedSlice, type Tensor, type Tensor4D } from '@tensorflow/tfjs-core'

export type Pair = readonly [number, number]

/** Geometry of windows that move over an image `[batch, height, width, channels]`. */
export interface Windows {
  /** Height and width of a window. */
  readonly size: Pair
  readonly strides: Pair
  /** Positions per axis. */
  readonly count: Pair
  /** Zeros before and after, per axis. */
  readonly padding: readonly [Pair, Pair]
}

/** tfjs's own reckoning: `same` and `valid` as in TensorFlow, numbers as pixels on every side. */
export function windowsOf(
  input: readonly number[],
  size: Pair,
  strides: number | Pair,
  padding: 'valid' | 'same' | number | backend_util.ExplicitPadding,
): Windows {
  const [, , , channels] = input as [number, number, number, number]
  const info = backend_util.computeConv2DInfo(
    input as [number, number, number, number],
    [...size, channels, 1],
    strides as number | [number, number],
    1,
    padding,
    'floor',
  )
  const { top, bottom, left, right } = info.padInfo
  return {
    size,
    strides: [info.strideHeight, info.strideWidth],
    count: [info.outHeight, info.outWidth],
    padding: [
      [top, bottom],
      [left, right],
    ],
  }
}

/** `[batch, h, w, c]` with the padding of `windows` about it. */
export function padded(x: Tensor, { padding }: Windows, value = 0): Tensor4D {
  return (
    padding.flat().every((extent) => extent === 0)
      ? x
      : pad(x, [[0, 0], [...padding[0]], [...padding[1]], [0, 0]], value)
  ) as Tensor4D
}

/**
 * What each pixel of a window sees: for every `[row, column]` of the window, in that order, the pixels of all positions
 * `[batch, …count, c]`. `x` is already padded.
 */
export function taps(x: Tensor4D, { size, strides, count }: Windows): Tensor4D[] {
  const [batch, , , channels] = x.shape
  const result: Tensor4D[] = []
  for (let row = 0; row < size[0]; row++)
    for (let column = 0; column < size[1]; column++) {
      const begin = [0, row, column, 0]
      const end = [row + (count[0] - 1) * strides[0] + 1, column + (count[1] - 1) * strides[1] + 1] as const
      result.push(
        strides[0] === 1 && strides[1] === 1
          ? slice(x, begin as [number, number, number, number], [batch, ...count, channels])
          : (stridedSlice(x, begin, [batch, ...end, channels], [1, ...strides, 1]) as Tensor4D),
      )
    }
  return result
}
