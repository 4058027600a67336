import { elements, type Value } from '../graph/graph'
import { areTaps, windowOffsets, windowsAreImage, windowsOfColumns } from '../trace/kernels/columns'
import { transposed } from '../trace/kernels/shape'
import { type Rule, rewrite } from './rewrite'

/** Columns in ONNX: the pixels of all windows gathered from the image, or from the pixel of zeros behind its last. */
const gathered: Rule = (node, { build }) => {
  if (node.op !== 'Columns' || areTaps(node)) return
  const [image] = node.inputs as [Value]
  const [batch, height, width, channels] = image.shape as [number, number, number, number]
  const { shape } = node.outputs[0]!
  const windows = windowsOfColumns(node)
  if (windowsAreImage(image.shape, windows)) return [build.emit('Reshape', [image, build.ints(shape)], shape)]
  const { count, size, strides, dilations, pads, reversed } = windows
  const offsets = windowOffsets(size, dilations, reversed)
  const outside = height * width
  const indices = new Int32Array(elements(count) * offsets.length)
  for (let row = 0, i = 0; row < count[0]; row++)
    for (let column = 0; column < count[1]; column++)
      for (const [down, right] of offsets) {
        const y = row * strides[0] + down - pads[0]
        const x = column * strides[1] + right - pads[1]
        indices[i++] = y >= 0 && y < height && x >= 0 && x < width ? y * width + x : outside
      }
  const flat = [batch, outside, channels]
  const pixels = build.emit('Reshape', [image, build.ints(flat)], flat)
  const all = indices.includes(outside)
    ? build.emit(
        'Concat',
        [pixels, build.constant([0], [batch, 1, channels])],
        [batch, outside + 1, channels],
        { axis: 1 },
      )
    : pixels
  const where = build.constant(indices, [elements(count), offsets.length], 'int32')
  const windowed = build.emit('Gather', [all, where], [batch, elements(count), offsets.length, channels], {
    axis: 1,
  })
  return [build.emit('Reshape', [windowed, build.ints(shape)], shape)]
}

/** Taps in ONNX: one slice of the padded image for each, channels first. */
const sliced: Rule = (node, { build }) => {
  if (node.op !== 'Columns' || !areTaps(node)) return
  const [image] = node.inputs as [Value]
  const [batch, height, width, channels] = image.shape as [number, number, number, number]
  const { shape } = node.outputs[0]!
  const { count, size, strides, dilations, pads, reversed } = windowsOfColumns(node)
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
  const parts = windowOffsets(size, dilations, reversed).map((start) => {
    const end = start.map((first, i) => first + (count[i]! - 1) * strides[i]! + 1)
    return build.emit(
      'Slice',
      [padded, build.ints(start), build.ints(end), axes, build.ints(strides)],
      [channels, batch, ...count],
    )
  })
  const joined =
    parts.length === 1
      ? parts[0]!
      : build.emit('Concat', parts, [parts.length * channels, batch, ...count], { axis: 0 })
  return [build.emit('Reshape', [joined, build.ints(shape)], shape)]
}

/** Replaces the graph's own operator `Columns` by operators of ONNX. */
export const lowerColumns = rewrite(gathered, sliced)
