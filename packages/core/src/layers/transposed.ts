import type { Padding } from './image'

/**
 * Extent of a transposed convolution: `extent·stride` for `same` and `(extent − 1)·stride + max(size, stride)` for
 * `valid` padding. With `extra`, elements added at the end, it is `(extent − 1)·stride + size mod 2 + extra` and
 * `(extent − 1)·stride + size + extra`, as in Keras.
 */
export function enlarged(
  extent: number,
  size: number,
  stride: number,
  padding: Padding,
  extra?: number,
): number {
  if (padding === 'same')
    return extra === undefined ? extent * stride : (extent - 1) * stride + (size % 2) + extra
  return (extent - 1) * stride + (extra === undefined ? Math.max(size, stride) : size + extra)
}

/** Extent of the convolution of what was enlarged: the input's, where `extra` fits the stride. */
export function shrunk(extent: number, size: number, stride: number, padding: Padding): number {
  return padding === 'same' ? Math.ceil(extent / stride) : Math.floor((extent - size) / stride) + 1
}
