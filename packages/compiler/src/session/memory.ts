import { type DType, elements, type Graph, type Value } from '../graph/graph'
import { VIEWS } from '../graph/view'

const BYTES: Record<DType, number> = { float32: 4, int32: 4, int64: 8, bool: 1 }

/**
 * A lower bound of the bytes that running a graph takes: inputs and outputs throughout, and at each node what it makes
 * and what later nodes still read. Workspaces of operators and fragmentation come on top.
 */
export function memoryNeeded({ inputs, outputs, nodes }: Graph): number {
  const owner = new Map<Value, Value>()
  const source = (value: Value): Value => owner.get(value) ?? value
  for (const node of nodes)
    if (VIEWS.has(node.op) && node.inputs[0]) owner.set(node.outputs[0]!, source(node.inputs[0]))

  const throughout = new Set([...inputs, ...outputs].map(({ value }) => source(value)))
  for (const node of nodes) for (const value of node.inputs) if (value.constant) throughout.add(value)
  let base = 0
  for (const value of throughout) base += bytesOf(value)

  const lastUse = new Map<Value, number>()
  nodes.forEach((node, i) => {
    for (const value of [...node.inputs, ...node.outputs]) lastUse.set(source(value), i)
  })
  let live = 0
  let peak = 0
  const counted = new Set<Value>()
  nodes.forEach((node, i) => {
    for (const value of node.inputs.map(source))
      if (counted.has(value) && lastUse.get(value) === i) {
        counted.delete(value)
        live -= bytesOf(value)
      }
    for (const value of node.outputs.map(source))
      if (!throughout.has(value) && !counted.has(value)) {
        counted.add(value)
        live += bytesOf(value)
      }
    peak = Math.max(peak, live)
  })
  return base + peak
}

/** A constant filled with one number is stored whole. */
function bytesOf({ shape, dtype }: Value): number {
  return elements(shape) * BYTES[dtype]
}
