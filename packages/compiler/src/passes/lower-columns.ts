import { elements, type Value } from '../graph/graph'
import { windowOffsets, windowsAreImage, windowsOfColumns } from '../trace/kernels/columns'
import { type Rule, rewrite } from './rewrite'

/** Columns in ONNX: the pixels of all windows gathered from the padded image. */
const gathered: Rule = (node, { build }) => {
  if (node.op !== 'Columns') return
  const [image] = node.inputs as [Value]
  const [batch, height, width, channels] = image.shape as [number, number, number, number]
  const { shape } = node.outputs[0]!
  const windows = windowsOfColumns(node)
  if (windowsAreImage(image.shape, windows)) return [build.emit('Reshape', [image, build.ints(shape)], shape)]
  const { count, size, strides, dilations, pads, reversed } = windows
  const [top, left, bottom, right] = pads
  const [rows, stride] = [height + top + bottom, width + left + right]
  const padded = pads.some((pad) => pad > 0)
    ? build.emit(
        'Pad',
        [image, build.ints([0, top, left, 0, 0, bottom, right, 0])],
        [batch, rows, stride, channels],
      )
    : image
  const pixels = build.emit(
    'Reshape',
    [padded, build.ints([batch, rows * stride, channels])],
    [batch, rows * stride, channels],
  )
  const offsets = windowOffsets(size, dilations, reversed).map(([row, column]) => row * stride + column)
  const indices = new Int32Array(elements(count) * offsets.length)
  for (let row = 0, i = 0; row < count[0]; row++)
    for (let column = 0; column < count[1]; column++)
      for (const offset of offsets) indices[i++] = row * strides[0] * stride + column * strides[1] + offset
  const where = build.constant(indices, [elements(count), offsets.length], 'int32')
  const all = build.emit('Gather', [pixels, where], [batch, elements(count), offsets.length, channels], {
    axis: 1,
  })
  return [build.emit('Reshape', [all, build.ints(shape)], shape)]
}

/** Replaces the graph's own operator `Columns` by operators of ONNX. */
export const lowerColumns = rewrite(gathered)
