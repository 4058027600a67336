import { type Graph, type Node, type Pass, sameExtents, type Value } from '../graph/graph'
import {
  adjointWindows,
  areTaps,
  columns,
  columnsFit,
  productOfRows,
  taps,
  type Windows,
  windowsAreImage,
  windowsOfColumns,
} from '../trace/kernels/columns'
import { channelsFirst, channelsLast, reshaped, TO_FIRST, TO_LAST, transposed } from '../trace/kernels/shape'
import { rewrite } from './rewrite'

/**
 * From so many pairs of channels, in times out, windows gathered for one convolution alone pay: a pixel of a window
 * costs 10 to 20 ns, and the product then runs at 90 GFLOP/s instead of the 40 of ONNX Runtime's convolution, as
 * measured.
 */
export const MANY_PAIRS = 512

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
 * A transposed convolution without strides is a convolution with its kernel turned round, and treated alike.
 *
 * A constant kernel stays in its convolution: ONNX Runtime brings it into a layout of its own.
 */
export const multiplyConvolutions: Pass = (graph) => {
  const candidates = findCandidates(graph)
  /** Columns that are needed anyway, and whether as taps. */
  const shared = new Map(
    [...candidates.values()].flatMap(({ key, kernel, taps }) => (kernel ? [] : [[key, taps] as const])),
  )
  const made = new Map<string, Value>()
  return rewrite(({ inputs, outputs }, { build }) => {
    const output = outputs[0]!
    const candidate = candidates.get(output)
    if (!candidate) return
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
    const all = known ?? (asTaps ? taps : columns)(build, channelsLast(build, image), windows)
    made.set(`${key} ${asTaps}`, all)
    const rows = asTaps ? transposed(build, all, [1, 0]) : all
    const matrix = reshaped(build, transposed(build, weights, kernel), [rows.shape[1]!, out])
    const result = reshaped(
      build,
      productOfRows(build, rows, matrix, bias),
      TO_LAST.map((axis) => output.shape[axis]!),
    )
    return [channelsFirst(build, result)]
  })(graph)
}

function findCandidates({ nodes }: Graph): Map<Value, Candidate> {
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
  const entries = nodes.flatMap((node): [Value, Candidate][] => {
    const image = node.inputs[0]!
    const output = node.outputs[0]!
    if (node.op === 'Columns') {
      const windows = windowsOfColumns(node)
      const first = untransposed(image, TO_LAST)
      return [[output, { windows, key: key(base(image), first, image.shape, windows), taps: areTaps(node) }]]
    }
    if (!isConvolution(node) || isFixed(node.inputs[1]!, (value) => producers.get(value))) return []
    const windows = windowsOfConvolution(node)
    if (!windows) return []
    const last = untransposed(image, TO_FIRST)
    const shape = TO_LAST.map((axis) => image.shape[axis]!)
    const kernel = node.op === 'Conv' ? [2, 3, 1, 0] : [2, 3, 0, 1]
    return [[output, { windows, kernel, key: key(last, last ? undefined : base(image), shape, windows) }]]
  })
  return new Map(entries)
}

/** Whether a value is a constant, as it lies or not. */
export function isFixed(value: Value, producer: (value: Value) => Node | undefined): boolean {
  const node = producer(value)
  return node?.op === 'Reshape' || node?.op === 'Transpose'
    ? isFixed(node.inputs[0]!, producer)
    : value.constant !== undefined
}

/** Whether a node is a two-dimensional convolution, or a transposed one, in one group. */
export function isConvolution({ op, inputs, attributes }: Node): boolean {
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
