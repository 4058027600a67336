import { MANY } from '../graph/elementwise-operators'
import { elements, type Node, splatOf, type Value } from '../graph/graph'
import { VIEWS } from '../graph/view'
import { hasPower, kernelOperators } from './operators'

export function isView({ op, inputs, outputs }: Node): boolean {
  return VIEWS.has(op) && outputs.length === 1 && inputs[0]!.dtype === outputs[0]!.dtype
}

/**
 * What a kernel does with a node: the same to each element; a sum over all elements; sums down the columns of a matrix
 * (over the leading axes); products along its rows (over the last axis). Undefined when kernels cannot.
 */
export type KernelKind = 'each' | 'sum' | 'columns' | 'products'

export function kernelKind(node: Node): KernelKind | undefined {
  if (node.op === 'ReduceSum' || node.op === 'ReduceMean') return reductionKind(node)
  if (node.op === 'ReduceProd') return isProductOfRows(node) ? 'products' : undefined
  return isElementwise(node) ? 'each' : undefined
}

function isElementwise(node: Node): boolean {
  const { op, inputs, outputs } = node
  const output = outputs[0]!
  const copy = isView(node)
  const operator = copy || kernelOperators[op]
  if (!operator || outputs.length !== 1 || !isVector(output)) return false
  if ((op === 'Max' || op === 'Min') && inputs.length !== 2) return false
  if (op === 'Pow' && !hasPower(node)) return false
  const operands = copy || op === 'Pow' ? inputs.slice(0, 1) : inputs
  return operands.every(
    (value) =>
      isVector(value) &&
      !(value.constant && value.dtype === 'bool') &&
      (value.constant
        ? splatOf(value) !== undefined
        : elements(value.shape) === 1 || elements(value.shape) === elements(output.shape)),
  )
}

function isVector({ dtype, shape }: Value): boolean {
  return (dtype === 'float32' || dtype === 'bool') && elements(shape) > 0
}

function reductionKind({ inputs, outputs }: Node): KernelKind | undefined {
  const [x, axes] = inputs
  if (x!.dtype !== 'float32' || x!.constant || elements(x!.shape) === 0) return
  if (elements(outputs[0]!.shape) === 1) return 'sum'
  const reduced = axes?.constant as readonly number[] | undefined
  const leading = reduced && Array.from(reduced).every((axis, i) => axis === i)
  // Sums down longer columns are left to the runtime, which makes products of them.
  return leading && elements(x!.shape) < MANY ? 'columns' : undefined
}

function isProductOfRows({ inputs, attributes }: Node): boolean {
  const [x, axes] = inputs as [Value, Value | undefined]
  const last = x.shape.length - 1
  // Whole groups of four.
  return (
    x.dtype === 'float32' &&
    !x.constant &&
    elements(x.shape) > 0 &&
    x.shape[last]! % 4 === 0 &&
    attributes.keepdims === 0 &&
    `${axes?.constant}` === `${last}`
  )
}
