import { createBuilder } from '../graph/builder'
import { floatOf, makeValue, type Node, type Value } from '../graph/graph'
import type { Division } from './division'

/**
 * A node that adds over the samples: each part's share of it, and the rest of it once they are added. `given` is what a
 * part has of the node's inputs. Whether that was possible.
 */
export function placeSum(
  division: Division,
  node: Node,
  given: (values: readonly Value[]) => readonly Value[] | undefined,
  isMean: boolean,
): boolean {
  const { nodes, build, parts, layoutOf, partOf, setSum } = division
  const y = node.outputs[0]!
  const added = node.op === 'Gemm' ? node.inputs[2] : undefined
  const terms = given(added ? node.inputs.slice(0, 2) : node.inputs)
  if (!terms) return false
  if (added && layoutOf(added).kind !== 'sum') {
    placeTotal(division, node, terms, added)
    return true
  }
  const share = makeValue(y.shape, y.dtype)
  nodes.push({ ...node, inputs: [...terms, ...(added ? [partOf(added)] : [])], outputs: [share] })
  setSum(y, isMean ? build.emit('Mul', [share, build.scalar(1 / parts)], y.shape) : share)
  return true
}

/** A product to which something is added that is no sum: that is left to the rest. */
function placeTotal(
  { nodes, totals, partOf, setSum, addLate }: Division,
  node: Node,
  terms: readonly Value[],
  added: Value,
): void {
  const y = node.outputs[0]!
  const { beta: _, ...attributes } = node.attributes
  const beta = floatOf(node, 'beta', 1)
  // Products that are added to one another stay with the parts.
  const before = beta === 1 ? totals.get(added) : undefined
  const share = makeValue(y.shape, y.dtype)
  nodes.push({
    ...node,
    inputs: [...terms, ...(before ? [partOf(before.sum)] : [])],
    outputs: [share],
    attributes,
  })
  const sum = makeValue(y.shape, y.dtype)
  setSum(sum, share)
  const made: Node[] = []
  const after = createBuilder(made)
  const term =
    before?.term ?? (beta === 1 ? added : after.emit('Mul', [added, after.scalar(beta)], added.shape))
  totals.set(y, { sum, term })
  for (const one of [...made, { op: 'Add', inputs: [sum, term], outputs: [y], attributes: {} }]) addLate(one)
}
