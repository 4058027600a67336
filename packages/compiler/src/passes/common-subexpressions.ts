import type { Pass, Value } from '../graph/graph'
import { rewrite } from './rewrite'

const COMMUTATIVE = new Set(['Add', 'Mul', 'Max', 'Min', 'Equal', 'And', 'Or'])

/** Computes equal expressions once. */
export const shareCommonSubexpressions: Pass = (graph) => {
  const seen = new Map<string, readonly Value[]>()
  const constants = new Map<string, number>()
  const key = (value: Value) => {
    if (!value.constant) return value.id
    const text = `${value.dtype}[${value.shape}]${Array.from(value.constant as ArrayLike<number>)}`
    if (!constants.has(text)) constants.set(text, value.id)
    return constants.get(text)!
  }
  return rewrite((node) => {
    const inputs = node.inputs.map(key)
    if (COMMUTATIVE.has(node.op)) inputs.sort((a, b) => a - b)
    const text = `${node.op}(${inputs})${JSON.stringify(node.attributes)}`
    const known = seen.get(text)
    if (!known) seen.set(text, node.outputs)
    return known
  })(graph)
}
