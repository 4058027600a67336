import { elements, type Graph, type Node, type Pass, type Value } from '../graph/graph'
import {
  areTaps,
  columns,
  type Pair,
  productOfRows,
  taps,
  windowsApart,
  windowsOfColumns,
} from '../trace/kernels/columns'
import { reshaped, transposed } from '../trace/kernels/shape'
import { everyOf, phaseTaken, placesOf } from './phases'
import { type RewriteContext, type Rule, rewrite } from './rewrite'

/**
 * Convolutions whose result is only read by phases are computed by phases: the windows of each phase are an array of
 * their own, and so are what the kernel makes of them and its gradient. So the result of a convolution that is pooled is
 * never cut apart, nor its gradient put together.
 */
export const convolveByPhases: Pass = (graph) => {
  const cut = readByPhases(graph)
  return rewrite((node, context) => phaseOfProduct(node, context, cut), productOfPhases)(graph)
}

/** Images of which only phases are read. */
function readByPhases({ nodes, outputs }: Graph): ReadonlySet<Value> {
  const cut = new Set<Value>()
  for (const node of nodes) if (phaseTaken(node)) cut.add(node.inputs[0]!)
  for (const node of nodes) if (!phaseTaken(node)) for (const value of node.inputs) cut.delete(value)
  for (const { value } of outputs) cut.delete(value)
  return cut
}

/** A phase of what a kernel makes of windows is what it makes of the windows that belong to the phase. */
function phaseOfProduct(
  node: Node,
  context: RewriteContext,
  cut: ReadonlySet<Value>,
): readonly Value[] | undefined {
  const { build, producer, uses } = context
  const taken = phaseTaken(node)
  const image = node.inputs[0]!
  const rows = taken && cut.has(image) ? producer(image) : undefined
  if (!taken || rows?.op !== 'Reshape') return
  const result = producer(rows.inputs[0]!)
  const [added, bias] = result?.op === 'Add' ? result.inputs : rows.inputs
  const product = producer(added!)
  if (product?.op !== 'MatMul' || uses(rows.inputs[0]!) > 1 || uses(added!) > 1) return
  const [left, kernel] = product.inputs as [Value, Value]
  const { shape } = node.outputs[0]!
  const some = windowsOfPhase(left, false, image, { ...taken, count: [shape[1]!, shape[2]!] }, context)
  if (!some || (result!.op === 'Add' && elements(bias!.shape) !== shape[3])) return
  return [reshaped(build, productOfRows(build, some, kernel, result!.op === 'Add' ? bias : undefined), shape)]
}

/** A kernel's gradient is the sum of what each phase adds to it. */
const productOfPhases: Rule = ({ op, inputs, outputs }, context) => {
  const { build, producer } = context
  const rows = op === 'MatMul' ? producer(inputs[1]!) : undefined
  const weave = rows?.op === 'Reshape' ? producer(rows.inputs[0]!) : undefined
  const every = weave && everyOf(weave)
  if (!every) return
  const [image] = weave.outputs as [Value]
  const places = placesOf(every)
  const products = weave.inputs.map((part, k) => {
    const [, height, width, channels] = part.shape as [number, number, number, number]
    const phase = { place: places[k]!, every, count: [height, width] as const }
    const some = windowsOfPhase(inputs[0]!, true, image, phase, context)
    const piece = reshaped(build, part, [elements(part.shape) / channels, channels])
    return some && build.emit('MatMul', [some, piece], outputs[0]!.shape)
  })
  if (!products.every((product) => product !== undefined)) return
  return [products.reduce((sum, product) => build.emit('Add', [sum, product], sum.shape))]
}

/**
 * Of columns, or taps, of windows that stand for the pixels of an image, those of a phase; with `across`, windows side by
 * side as a gradient wants them, otherwise one below the other. Only where nothing else needs the columns.
 */
function windowsOfPhase(
  value: Value,
  across: boolean,
  image: Value,
  { place, every, count }: { readonly place: Pair; readonly every: Pair; readonly count: Pair },
  { build, producer, uses }: RewriteContext,
): Value | undefined {
  const made = producer(value)
  const turned = made?.op === 'Transpose'
  const node = turned ? producer(made.inputs[0]!) : made
  if (node?.op !== 'Columns' || areTaps(node) === (turned === across)) return
  if (across && (uses(value) > 1 || uses(node.outputs[0]!) > 1)) return
  const windows = windowsOfColumns(node)
  const [source] = node.inputs as [Value]
  const [batch, height, width] = image.shape
  if (batch !== source.shape[0] || height !== windows.count[0] || width !== windows.count[1]) return
  const some = (areTaps(node) ? taps : columns)(build, source, windowsApart(windows, place, every, count))
  return turned ? transposed(build, some, [1, 0]) : some
}
