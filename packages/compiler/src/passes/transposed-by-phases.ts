import type { Builder } from '../graph/builder'
import type { Node, Value } from '../graph/graph'
import { columns, columnsFit, type Pair, productOfRows, type Windows } from '../trace/kernels/columns'
import { channelsFirst, channelsLast, reshaped, TO_LAST, transposed } from '../trace/kernels/shape'
import { isConvolution, isFixed, MANY_PAIRS } from './convolution-products'
import { placesOf, weave } from './phases'
import { rewrite } from './rewrite'

/**
 * A transposed convolution with strides is a convolution without for each phase of its result, with every so manyth tap of
 * the kernel, and those become products. ONNX Runtime's own runs at a tenth of their rate.
 */
export const transposeByPhases = rewrite((node, { build, producer }) =>
  paysByPhases(node) && !isFixed(node.inputs[1]!, producer) ? [multiplyPhases(node, build)] : undefined,
)

/** Whether a transposed convolution has strides, taps and pixels for each phase, and so many channels that products pay. */
function paysByPhases(node: Node): boolean {
  const { op, inputs, outputs, attributes } = node
  if (op !== 'ConvTranspose' || !isConvolution(node)) return false
  const [strides, dilations] = [attributes.strides, attributes.dilations] as unknown as [Pair, Pair]
  const [batch, into, ...extents] = inputs[0]!.shape as [number, number, number, number]
  const [, out, ...made] = outputs[0]!.shape as [number, number, number, number]
  const size = inputs[1]!.shape.slice(2)
  const isPlain = strides.some((stride) => stride > 1) && dilations.every((dilation) => dilation === 1)
  const windows = { count: extents, size } as unknown as Windows
  return (
    isPlain &&
    size.every((taps, i) => Math.min(taps, made[i]!) >= strides[i]!) &&
    into * out >= MANY_PAIRS &&
    columnsFit([batch, ...extents, into], windows)
  )
}

/**
 * A transposed convolution with strides s: its pixel y = s·i + r gets tap k of pixel i + (r + pad − k) / s wherever that is
 * whole, that is taps of one remainder for each phase r.
 */
function multiplyPhases({ inputs, outputs, attributes }: Node, build: Builder): Value {
  const [x, weights, bias] = inputs as [Value, Value, Value?]
  const [strides, pads] = [attributes.strides, attributes.pads] as unknown as [Pair, readonly number[]]
  const image = channelsLast(build, x)
  const [batch, , , into] = image.shape as [number, number, number, number]
  const shape = TO_LAST.map((axis) => outputs[0]!.shape[axis]!)
  const out = shape[3]!
  const kernel = transposed(build, weights, [2, 3, 0, 1])
  const parts = placesOf(strides).map((place) => {
    const along = place.map((remainder, i) => {
      const [stride, taps, extent] = [strides[i]!, weights.shape[2 + i]!, image.shape[1 + i]!]
      const first = (remainder + pads[i]!) % stride
      const size = Math.ceil((taps - first) / stride)
      // The last tap reads the first pixel of a window.
      const start = (remainder + pads[i]! - first) / stride - (size - 1)
      const count = Math.ceil((shape[1 + i]! - remainder) / stride)
      const after = Math.max(0, start + count + size - 1 - extent)
      return { first, size, start: Math.max(0, start), before: Math.max(0, -start), after, count }
    })
    const pair = (of: (axis: (typeof along)[number]) => number) => along.map(of) as unknown as Pair
    const [size, count] = [pair((axis) => axis.size), pair((axis) => axis.count)]
    const windows: Windows = {
      count,
      size,
      strides: [1, 1],
      dilations: [1, 1],
      pads: [...pair((axis) => axis.before), ...pair((axis) => axis.after)],
      start: pair((axis) => axis.start),
      reversed: true,
    }
    const bounds = [pair((axis) => axis.first), weights.shape.slice(2), [0, 1], strides]
    const some = build.emit('Slice', [kernel, ...bounds.map((v) => build.ints(v))], [...size, into, out])
    const rows = columns(build, image, windows)
    const matrix = reshaped(build, some, [rows.shape[1]!, out])
    return reshaped(build, productOfRows(build, rows, matrix, bias), [batch, ...count, out])
  })
  return channelsFirst(build, weave(build, parts, strides, shape))
}
