import {
  elements,
  floatOf,
  type Graph,
  type Node,
  type Pass,
  sameExtents,
  splatOf,
  type Value,
} from '../graph/graph'
import { type Rule, rewrite } from './rewrite'

/** A·B with the transposes folded in: `Gemm(transA, transB)`. */
const fromMatMul: Rule = ({ op, inputs, outputs }, { build, producer }) => {
  if (op !== 'MatMul' || outputs[0]!.shape.length !== 2) return
  const plain = (value: Value) => {
    const node = producer(value)
    return node?.op === 'Transpose' ? { value: node.inputs[0]!, flipped: 1 } : { value, flipped: 0 }
  }
  const [a, b] = [plain(inputs[0]!), plain(inputs[1]!)]
  return [build.emit('Gemm', [a.value, b.value], outputs[0]!.shape, { transA: a.flipped, transB: b.flipped })]
}

/** A·B + c. */
const bias: Rule = ({ op, inputs, outputs }, { build, producer, uses }) => {
  if (op !== 'Add') return
  const shape = outputs[0]!.shape
  for (const [i, value] of inputs.entries()) {
    const gemm = producer(value)
    const other = inputs[1 - i]!
    if (
      gemm?.op !== 'Gemm' ||
      gemm.inputs.length !== 2 ||
      uses(value) !== 1 ||
      !sameExtents(value.shape, shape)
    )
      continue
    if (producer(other)?.op === 'Gemm' && uses(other) === 1 && i === 0) continue
    return [build.emit('Gemm', [...gemm.inputs, other], shape, gemm.attributes)]
  }
  return
}

/** What a GEMM multiplies its product by. */
export function alphaOf(node: Node): number {
  return floatOf(node, 'alpha', 1)
}

/** (k·A)·B = k·(A·B) for a number k, which a GEMM multiplies by for nothing. */
const scale: Rule = (node, { build, producer }) => {
  const { op, inputs, outputs, attributes } = node
  if (op !== 'Gemm') return
  let alpha = alphaOf(node)
  const plain = inputs.map((value, i) => {
    const product = i < 2 ? producer(value) : undefined
    const by = product?.op === 'Mul' ? product.inputs.find(isNumber) : undefined
    const rest = product?.inputs.find((factor) => factor !== by)
    if (!by || !rest || !sameExtents(rest.shape, value.shape)) return value
    alpha *= splatOf(by)!
    return rest
  })
  if (plain.every((value, i) => value === inputs[i])) return
  return [build.emit('Gemm', plain, outputs[0]!.shape, { ...attributes, alpha: { float: alpha } })]
}

/** Σ k·x = k·Σ x. */
const scaledSum: Rule = ({ op, inputs, outputs, attributes }, { build, producer }) => {
  const product = op === 'ReduceSum' ? producer(inputs[0]!) : undefined
  const by = product?.op === 'Mul' ? product.inputs.find(isNumber) : undefined
  const rest = product?.inputs.find((factor) => factor !== by)
  if (!by || !rest || !sameExtents(rest.shape, inputs[0]!.shape)) return
  const { shape } = outputs[0]!
  return [build.emit('Mul', [build.emit('ReduceSum', [rest, inputs[1]!], shape, attributes), by], shape)]
}

function isNumber(value: Value): boolean {
  return value.shape.length === 0 && splatOf(value) !== undefined
}

/** Whether scaling a factor costs less than the two passes over the weights, of 2 and 3 arrays, less the one of adding them. */
function worthScaling(factor: Value, weights: Value): boolean {
  return 2 * elements(factor.shape) <= 3 * elements(weights.shape)
}

/**
 * w − η·(A·B) becomes one GEMM, w + A·(−η·B), where B is not much larger than w. A sum of the same B, the gradient of a
 * bias, takes it scaled as well.
 */
function update(isScaled: (x: Value, by: Value) => boolean): Rule {
  return ({ op, inputs, outputs }, { build, producer, uses }) => {
    if (op !== 'Sub') return
    const [w, step] = inputs as [Value, Value]
    const product = producer(step)
    if (product?.op !== 'Mul' || uses(step) !== 1) return
    const scale = product.inputs.find((value) => value.shape.length === 0)
    const gradient = product.inputs.find((value) => value !== scale)
    if (!scale || !gradient || uses(gradient) !== 1 || !sameExtents(gradient.shape, w.shape)) return
    const made = producer(gradient)
    const scaled = (x: Value) => build.emit('Mul', [x, build.emit('Neg', [scale], [])], x.shape)
    if (made?.op === 'Gemm' && made.inputs.length === 2) {
      const [a, b] = made.inputs as [Value, Value]
      if (!worthScaling(b, w)) return
      return [build.emit('Gemm', [a, scaled(b), w], outputs[0]!.shape, made.attributes)]
    }
    if (made?.op === 'ReduceSum') {
      const [x, axes] = made.inputs as [Value, Value]
      if (!isScaled(x, scale)) return
      return [
        build.emit(
          'Add',
          [w, build.emit('ReduceSum', [scaled(x), axes], gradient.shape, made.attributes)],
          w.shape,
        ),
      ]
    }
    return
  }
}

/** What is multiplied by the negative of a number in a graph. */
function scaledBy({ nodes }: Graph): (x: Value, by: Value) => boolean {
  const negatives = new Map(nodes.filter(({ op }) => op === 'Neg').map((n) => [n.outputs[0]!, n.inputs[0]!]))
  const pairs = new Set<string>()
  for (const { op, inputs } of nodes) {
    const by = op === 'Mul' ? negatives.get(inputs[1]!) : undefined
    if (by) pairs.add(`${inputs[0]!.id} ${by.id}`)
  }
  return (x, by) => pairs.has(`${x.id} ${by.id}`)
}

/** Turns matrix products and what is added to them into GEMMs. */
export const fuseGemms: Pass = (graph) =>
  rewrite(fromMatMul, bias, scale, scaledSum, update(scaledBy(graph)))(graph)
