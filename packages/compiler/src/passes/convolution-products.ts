import type { Builder } from '../graph/builder'
import { type Graph, type Node, type Pass, sameExtents, type Value } from '../graph/graph'
import {
  adjointWindows,
  areTaps,
  columns,
  columnsFit,
  type Pair,
  taps,
  type Windows,
  windowsAreImage,
  windowsOfColumns,
} from '../trace/kernels/columns'
import { reshaped, transposed } from '../trace/kernels/shape'
import { placesOf, weave } from './phases'
import { rewrite } from './rewrite'

/**
 * From so many pairs of channels, in times out, windows gathered for one convolution alone pay: a pixel of a window
 * costs 10 to 20 ns, and the product then runs at 90 GFLOP/s instead of the 40 of ONNX Runtime's convolution, as
 * measured.
 */
const MANY_PAIRS = 512

const TO_FIRST = [0, 3, 1, 2]
const TO_LAST = [0, 2, 3, 1]

/** A node that is, or could be, a product of an image's windows. */
interface Candidate {
  readonly windows: Windows
  /** Equal for equal windows of the same image, however it lies. */
  readonly key: string
  /** Whether it is the columns' transpose. */
  readonly taps?: boolean
  /** Axes of its kernel as window's height, width, channels read, channels made; none when it is the columns themselves. */
  readonly kernel?: readonly number[]
}

/**
 * Convolutions become products of the windows of their image, as columns, with the kernel: where a filter gradient
 * needs the same columns anyway, where they cost nothing, and where channels are so many that they pay by themselves.
 * A transposed convolution without strides is a convolution with its kernel turned round, and treated alike. With
 * strides, each phase of its result is such a convolution, with every so manyth tap of the kernel.
 *
 * A constant kernel stays in its convolution: ONNX Runtime brings it into a layout of its own.
 */
export const multiplyConvolutions: Pass = (graph) => {
  const { candidates, strided } = findCandidates(graph)
  /** Columns that are needed anyway, and whether as taps. */
  const shared = new Map(
    [...candidates.values()].flatMap(({ key, kernel, taps }) => (kernel ? [] : [[key, taps] as const])),
  )
  const made = new Map<string, Value>()
  return rewrite((node, { build }) => {
    const { inputs, outputs } = node
    const output = outputs[0]!
    const candidate = candidates.get(output)
    if (!candidate) return strided.has(node) ? [multiplyPhases(node, build)] : undefined
    const { key, kernel, windows } = candidate
    const asTaps = (kernel ? shared.get(key) : candidate.taps) ?? false
    const known = made.get(`${key} ${asTaps}`)
    if (!kernel) {
      if (known) return [known]
      made.set(`${key} ${asTaps}`, output)
      return
    }
    const [image, weights, bias] = inputs as [Value, Value, Value?]
    const last = TO_LAST.map((axis) => image.shape[axis]!)
    const [into, out] = [image.shape[1]!, output.shape[1]!]
    const pays = shared.has(key) || windowsAreImage(last, windows) || into * out >= MANY_PAIRS
    if (!pays || !columnsFit(last, windows)) return
    const all = known ?? (asTaps ? taps : columns)(build, transposed(build, image, TO_LAST), windows)
    made.set(`${key} ${asTaps}`, all)
    const rows = asTaps ? transposed(build, all, [1, 0]) : all
    const matrix = reshaped(build, transposed(build, weights, kernel), [rows.shape[1]!, out])
    const shape = [rows.shape[0]!, out]
    const product = build.emit('MatMul', [rows, matrix], shape)
    const biased = bias ? build.emit('Add', [product, bias], shape) : product
    const image2 = reshaped(
      build,
      biased,
      TO_LAST.map((axis) => output.shape[axis]!),
    )
    return [transposed(build, image2, TO_FIRST)]
  })(graph)
}

function findCandidates({ nodes }: Graph) {
  const strided = new Set<Node>()
  const producers = new Map(nodes.flatMap((node) => node.outputs.map((value) => [value, node] as const)))
  /** The value that is only reshaped into this one. */
  const base = (value: Value): Value => {
    const node = producers.get(value)
    return node?.op === 'Reshape' ? base(node.inputs[0]!) : value
  }
  const untransposed = (value: Value, perm: readonly number[]): Value | undefined => {
    const node = producers.get(base(value))
    const turned = node?.op === 'Transpose' && sameExtents(node.attributes.perm as number[], perm)
    return turned && sameExtents(node.outputs[0]!.shape, value.shape) ? base(node.inputs[0]!) : undefined
  }
  /** A single channel lies the same either way. */
  const key = (last: Value | undefined, first: Value | undefined, shape: readonly number[], w: Windows) =>
    JSON.stringify([first && shape[3] !== 1 ? ['first', first.id] : ['last', (last ?? first)!.id], shape, w])
  const isConstant = (value: Value): boolean => {
    const node = producers.get(value)
    return node?.op === 'Reshape' || node?.op === 'Transpose'
      ? isConstant(node.inputs[0]!)
      : value.constant !== undefined
  }
  const entries = nodes.flatMap((node): [Value, Candidate][] => {
    const image = node.inputs[0]!
    const output = node.outputs[0]!
    if (node.op === 'Columns') {
      const windows = windowsOfColumns(node)
      const first = untransposed(image, TO_LAST)
      return [[output, { windows, key: key(base(image), first, image.shape, windows), taps: areTaps(node) }]]
    }
    if (!isConvolution(node) || isConstant(node.inputs[1]!)) return []
    if (paysByPhases(node)) strided.add(node)
    const windows = windowsOfConvolution(node)
    if (!windows) return []
    const last = untransposed(image, TO_FIRST)
    const shape = TO_LAST.map((axis) => image.shape[axis]!)
    const kernel = node.op === 'Conv' ? [2, 3, 1, 0] : [2, 3, 0, 1]
    return [[output, { windows, kernel, key: key(last, last ? undefined : base(image), shape, windows) }]]
  })
  return { candidates: new Map(entries), strided }
}

/** Whether a node is a two-dimensional convolution, or a transposed one, in one group. */
function isConvolution({ op, inputs, attributes }: Node): boolean {
  return (op === 'Conv' || op === 'ConvTranspose') && inputs[0]!.shape.length === 4 && attributes.group === 1
}

/** The windows of a convolution, or of the one that a transposed convolution amounts to. */
function windowsOfConvolution({ op, inputs, outputs, attributes }: Node): Windows | undefined {
  const [, , height, width] = outputs[0]!.shape as [number, number, number, number]
  const convolved = op === 'Conv' ? outputs[0]! : inputs[0]!
  const windows = {
    count: convolved.shape.slice(2),
    size: inputs[1]!.shape.slice(2),
    strides: attributes.strides,
    dilations: attributes.dilations,
    pads: attributes.pads,
    reversed: false,
  } as unknown as Windows
  return op === 'Conv' ? windows : adjointWindows(windows, [height, width])
}

/** Whether a transposed convolution has strides, taps for each phase, and so many channels that products pay. */
function paysByPhases(node: Node): boolean {
  const { op, inputs, outputs, attributes } = node
  if (op !== 'ConvTranspose') return false
  const [strides, dilations] = [attributes.strides, attributes.dilations] as unknown as [Pair, Pair]
  const [, into, ...extents] = inputs[0]!.shape as [number, number, number, number]
  const size = inputs[1]!.shape.slice(2)
  const isPlain = strides.some((stride) => stride > 1) && dilations.every((dilation) => dilation === 1)
  const windows = { count: extents, size } as unknown as Windows
  return (
    isPlain &&
    size.every((taps, i) => taps >= strides[i]!) &&
    into * outputs[0]!.shape[1]! >= MANY_PAIRS &&
    columnsFit([inputs[0]!.shape[0]!, ...extents, into], windows)
  )
}

/**
 * A transposed convolution with strides s: its pixel y = s·i + r gets tap k of pixel i + (r + pad − k) / s wherever that is
 * whole, that is taps of one remainder for each phase r.
 */
function multiplyPhases({ inputs, outputs, attributes }: Node, build: Builder): Value {
  const [x, weights, bias] = inputs as [Value, Value, Value?]
  const [strides, pads] = [attributes.strides, attributes.pads] as unknown as [Pair, readonly number[]]
  const image = transposed(build, x, TO_LAST)
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
    const product = build.emit('MatMul', [rows, matrix], [rows.shape[0]!, out])
    const biased = bias ? build.emit('Add', [product, bias], product.shape) : product
    return reshaped(build, biased, [batch, ...count, out])
  })
  return transposed(build, weave(build, parts, strides, shape), TO_FIRST)
}
