import { type Attribute, type ConstantData, elements, type Graph, type Value } from './graph'

/** A graph as text, a line a node, for debugging and tests. `many` shows constants of more than four values. */
export function printGraph(
  { inputs, outputs, nodes }: Graph,
  many = ({ length }: ConstantData) => `${length} values`,
): string {
  const names = new Map<Value, string>(inputs.map(({ name, value }) => [value, name]))
  const show = (value: Value) => {
    if (value.constant) {
      const { constant, shape } = value
      const body = constant.length <= 4 ? Array.from(constant as ArrayLike<number>).join(' ') : many(constant)
      return `{${body}${constant.length === 1 && elements(shape) > 1 ? ` × [${shape}]` : ''}}`
    }
    if (!names.has(value)) names.set(value, `%${names.size}`)
    return names.get(value)!
  }
  const attribute = ([name, value]: [string, Attribute]) => `${name}=${JSON.stringify(value)}`
  const lines = nodes.map((node) => {
    const args = [...node.inputs.map(show), ...Object.entries(node.attributes).map(attribute)].join(', ')
    return `${node.outputs.map((v) => `${show(v)}:[${v.shape}]`).join(', ')} = ${node.op}(${args})`
  })
  return [...lines, ...outputs.map(({ name, value }) => `${name} <- ${show(value)}`)].join('\n')
}
