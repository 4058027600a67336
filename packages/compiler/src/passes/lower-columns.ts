import type { Builder } from '../graph/builder'
import { elements, type Pass, type Value } from '../graph/graph'
import { areTaps, windowOffsets, windowsAreImage, windowsOfColumns } from '../trace/kernels/columns'
import { reshaped, transposed } from '../trace/kernels/shape'
import { dropDeadCode } from './dead-code'
import { everyOf } from './phases'
import { type RewriteContext, type Rule, rewrite } from './rewrite'

/** Arrays `[batch, pixels, channels]` that together have the pixels of an image, in whatever order. */
interface Pixels {
  readonly parts: readonly Value[]
  /** Where a pixel is among them, or that it is zero. */
  indexOf(y: number, x: number): number | undefined
}

function pixelsOf(image: Value, { build, producer }: RewriteContext): Pixels {
  const [batch, , width, channels] = image.shape as [number, number, number, number]
  const node = producer(image)
  const every = node && everyOf(node)
  const sources = every ? node.inputs : [image]
  const parts = sources.map((part) =>
    reshaped(build, part, [batch, elements(part.shape) / batch / channels, channels]),
  )
  if (!every) return { parts, indexOf: (y, x) => y * width + x }
  const [down, across] = every
  const starts = parts.map((_, k) => parts.slice(0, k).reduce((sum, { shape }) => sum + shape[1]!, 0))
  return {
    parts,
    indexOf: (y, x) => {
      const phase = (y % down) * across + (x % across)
      const [, rows, columns] = sources[phase]!.shape as [number, number, number]
      const [row, column] = [Math.floor(y / down), Math.floor(x / across)]
      return row < rows && column < columns ? starts[phase]! + row * columns + column : undefined
    },
  }
}

/** Of each image the pixels wanted, which may be zeros; `shape` has as many. */
function gather(
  build: Builder,
  { parts }: Pixels,
  wanted: readonly (number | undefined)[],
  shape: readonly number[],
): Value {
  const [batch, , channels] = parts[0]!.shape as [number, number, number]
  const zeros = wanted.includes(undefined) ? [build.constant([0], [batch, 1, channels])] : []
  const joined = [...parts, ...zeros]
  const zero = parts.reduce((sum, part) => sum + part.shape[1]!, 0)
  const all =
    joined.length > 1
      ? build.emit('Concat', joined, [batch, zero + zeros.length, channels], { axis: 1 })
      : joined[0]!
  const indices = Int32Array.from(wanted, (index) => index ?? zero)
  const where = build.constant(indices, shape.slice(1, -1), 'int32')
  return build.emit('Gather', [all, where], shape, { axis: 1 })
}

/** Columns in ONNX: the pixels of all windows gathered from the image, or from a pixel of zeros behind its last. */
const gathered: Rule = (node, context) => {
  if (node.op !== 'Columns' || areTaps(node)) return
  const { build } = context
  const [image] = node.inputs as [Value]
  const [batch, height, width, channels] = image.shape as [number, number, number, number]
  const { shape } = node.outputs[0]!
  const windows = windowsOfColumns(node)
  if (windowsAreImage(image.shape, windows)) return [reshaped(build, image, shape)]
  const { count, size, strides, dilations, pads, start = [0, 0], reversed } = windows
  const offsets = windowOffsets(size, dilations, reversed)
  const pixels = pixelsOf(image, context)
  const wanted: (number | undefined)[] = []
  for (let row = 0; row < count[0]; row++)
    for (let column = 0; column < count[1]; column++)
      for (const [down, right] of offsets) {
        const y = start[0] + row * strides[0] + down - pads[0]
        const x = start[1] + column * strides[1] + right - pads[1]
        const inside = y >= 0 && y < height && x >= 0 && x < width
        wanted.push(inside ? pixels.indexOf(y, x) : undefined)
      }
  const windowed = gather(build, pixels, wanted, [batch, elements(count), offsets.length, channels])
  return [reshaped(build, windowed, shape)]
}

/** A woven image in ONNX, where it must lie as such. */
const woven: Rule = (node, context) => {
  if (!everyOf(node)) return
  const { shape } = node.outputs[0]!
  const [batch, height, width, channels] = shape as [number, number, number, number]
  const pixels = pixelsOf(node.outputs[0]!, { ...context, producer: () => node })
  const wanted = Array.from({ length: height * width }, (_, i) =>
    pixels.indexOf(Math.floor(i / width), i % width),
  )
  const flat = gather(context.build, pixels, wanted, [batch, height * width, channels])
  return [reshaped(context.build, flat, shape)]
}

/** Taps in ONNX: one slice of the padded image for each, channels first. */
const sliced: Rule = (node, { build }) => {
  if (node.op !== 'Columns' || !areTaps(node)) return
  const [image] = node.inputs as [Value]
  const [batch, height, width, channels] = image.shape as [number, number, number, number]
  const { shape } = node.outputs[0]!
  const { count, size, strides, dilations, pads, start = [0, 0], reversed } = windowsOfColumns(node)
  const [top, left, bottom, right] = pads
  const planes = transposed(build, image, [3, 0, 1, 2])
  const padded = pads.some((pad) => pad > 0)
    ? build.emit(
        'Pad',
        [planes, build.ints([0, 0, top, left, 0, 0, bottom, right])],
        [channels, batch, height + top + bottom, width + left + right],
      )
    : planes
  const axes = build.ints([2, 3])
  const parts = windowOffsets(size, dilations, reversed).map((offset) => {
    const first = offset.map((pixels, i) => start[i]! + pixels)
    const end = first.map((pixel, i) => pixel + (count[i]! - 1) * strides[i]! + 1)
    return build.emit(
      'Slice',
      [padded, build.ints(first), build.ints(end), axes, build.ints(strides)],
      [channels, batch, ...count],
    )
  })
  const joined =
    parts.length === 1
      ? parts[0]!
      : build.emit('Concat', parts, [parts.length * channels, batch, ...count], { axis: 0 })
  return [reshaped(build, joined, shape)]
}

/** Replaces the graph's own operators `Columns` and `Weave` by operators of ONNX: columns may read a weave's parts. */
export const lowerColumns: Pass = (graph) =>
  [rewrite(gathered, sliced), dropDeadCode, rewrite(woven)].reduce((current, pass) => pass(current), graph)
