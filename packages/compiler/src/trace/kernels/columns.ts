import type { backend_util } from '@tensorflow/tfjs-core'
import type { Attributes, Builder } from '../../graph/builder'
import { elements, type Node, type Value } from '../../graph/graph'

type Info = ReturnType<typeof backend_util.computeConv2DInfo>
/** Of an image: down, across. */
export type Pair = readonly [height: number, width: number]

/** Where a convolution reads its image: `count` windows of `size` pixels, in pixels of the image. */
export interface Windows {
  readonly count: Pair
  readonly size: Pair
  readonly strides: Pair
  readonly dilations: Pair
  /** Zeros around the image: top, left, bottom, right. */
  readonly pads: readonly [number, number, number, number]
  /** Where the first window begins, zeros included; at the corner unless given. */
  readonly start?: Pair | undefined
  /** Whether the pixels of a window come in reverse, as a transposed convolution wants them. */
  readonly reversed?: boolean
}

/**
 * Columns of more elements are not worth their memory (128 MiB); the convolution that ONNX Runtime runs image by image
 * takes over.
 */
const MOST_ELEMENTS = 2 ** 25

/** The windows of a convolution. */
export function windowsOf(info: Info): Windows {
  const { padInfo: p } = info
  return {
    count: [info.outHeight, info.outWidth],
    size: [info.filterHeight, info.filterWidth],
    strides: [info.strideHeight, info.strideWidth],
    dilations: [info.dilationHeight, info.dilationWidth],
    pads: [p.top, p.left, p.bottom, p.right],
  }
}

/** The windows of a result from which the adjoint of a convolution with these strides reads, where there are any. */
export function adjointWindows(windows: Windows, [height, width]: Pair): Windows | undefined {
  const { size, strides, dilations, pads } = windows
  if (strides[0] !== 1 || strides[1] !== 1) return
  const reach = size.map((taps, i) => (taps - 1) * dilations[i]!) as [number, number]
  const around = pads.map((pad, i) => reach[i % 2]! - pad) as [number, number, number, number]
  if (around.some((pad) => pad < 0)) return
  return { count: [height, width], size, strides, dilations, pads: around, reversed: !windows.reversed }
}

/** Of windows that come row by row, each `every` of them down and across from `place` on, `count` in all. */
export function windowsApart(windows: Windows, place: Pair, every: Pair, count: Pair): Windows {
  const { start = [0, 0], strides } = windows
  return {
    ...windows,
    count,
    start: [start[0] + place[0] * strides[0], start[1] + place[1] * strides[1]],
    strides: [strides[0] * every[0], strides[1] * every[1]],
  }
}

/** Whether the windows, one after another, are the image as it lies: those of kernels of 1×1 or as large as the image. */
export function windowsAreImage([, height, width]: readonly number[], windows: Windows): boolean {
  const { count, size, strides, pads, start, reversed } = windows
  if ([...pads, ...(start ?? [])].some((extent) => extent > 0)) return false
  const all = count[0] === height && count[1] === width
  const pixels = all && size[0] === 1 && size[1] === 1 && strides[0] === 1 && strides[1] === 1
  const whole = count[0] === 1 && count[1] === 1 && size[0] === height && size[1] === width && !reversed
  return pixels || whole
}

/** Whether all windows of an array `[batch, height, width, channels]` together have a bearable size. */
export function columnsFit([batch, , , channels]: readonly number[], { count, size }: Windows): boolean {
  return elements([batch!, ...count, ...size, channels!]) <= MOST_ELEMENTS
}

/**
 * The windows of an image `[batch, height, width, channels]` as rows of a matrix,
 * `[batch · count, size · channels]`: a convolution is its product with the kernel, and a filter gradient the product of
 * its transpose with the result's gradient. The graph's own operator, which a pass turns into ONNX.
 */
export function columns(build: Builder, image: Value, windows: Windows): Value {
  const [batch, , , channels] = image.shape as [number, number, number, number]
  const { count, size } = windows
  const shape = [batch * elements(count), elements(size) * channels]
  return build.emit('Columns', [image], shape, attributesOf(windows, false))
}

/**
 * The transpose of `columns`, `[size · channels, batch · count]`, in which each tap lies in one piece. For few channels,
 * where the rows of `columns` would be copied in crumbs.
 */
export function taps(build: Builder, image: Value, windows: Windows): Value {
  const [batch, , , channels] = image.shape as [number, number, number, number]
  const { count, size } = windows
  const shape = [elements(size) * channels, batch * elements(count)]
  return build.emit('Columns', [image], shape, attributesOf(windows, true))
}

/** What a kernel `[size · channels, channels made]` makes of windows as rows, with a bias for each channel made. */
export function productOfRows(build: Builder, rows: Value, kernel: Value, bias?: Value): Value {
  const shape = [rows.shape[0]!, kernel.shape[1]!]
  const product = build.emit('MatMul', [rows, kernel], shape)
  return bias ? build.emit('Add', [product, bias], shape) : product
}

function attributesOf(windows: Windows, flipped: boolean): Attributes {
  const { start, reversed, ...given } = windows
  return { ...given, ...(start && { start }), reversed: reversed ? 1 : 0, flipped: flipped ? 1 : 0 }
}

/** The windows of a `Columns` node. */
export function windowsOfColumns({ attributes }: Node): Windows {
  const { reversed, flipped: _, ...given } = attributes
  return { ...given, reversed: reversed === 1 } as unknown as Windows
}

/** Whether a `Columns` node gives taps. */
export function areTaps({ attributes }: Node): boolean {
  return attributes.flipped === 1
}

/** Where the pixels of a window lie, from its first. */
export function windowOffsets(size: Pair, dilations: Pair, reversed = false): Pair[] {
  const offsets = Array.from({ length: size[0] }, (_, row) =>
    Array.from({ length: size[1] }, (_, column): Pair => [row * dilations[0], column * dilations[1]]),
  ).flat()
  return reversed ? offsets.reverse() : offsets
}
