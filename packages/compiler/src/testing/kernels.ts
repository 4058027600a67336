import { elements, type Graph, type Value } from '../graph/graph'
import { emitKernel } from '../kernels/emit-kernel'

/**
 * Runs all nodes of a graph as one kernel. Truth values and positions come back as the numbers they are. An output
 * `next/x` may overwrite the input `x`; which do is told to `onInPlace`.
 */
export async function runKernel(
  { inputs, outputs, nodes }: Graph,
  data: Readonly<Record<string, Float32Array>>,
  onInPlace?: (names: readonly string[]) => void,
): Promise<Record<string, Float32Array>> {
  const stored = new Set(outputs.map(({ value }) => value))
  const nameOf = new Map(outputs.map(({ name, value }) => [value, name]))
  const replaced = (value: Value) => inputs.find(({ name }) => nameOf.get(value) === `next/${name}`)?.value
  const { module, operands, inPlace } = emitKernel(nodes, {
    root: (value) => value,
    stored: (v) => stored.has(v),
    replaces: replaced,
  })
  onInPlace?.([...inPlace].map((value) => nameOf.get(value)!))
  const table = 64
  let next = table + Math.ceil((4 * operands.length) / 64) * 64
  const addresses = new Map<Value, number>()
  for (const value of operands) {
    addresses.set(value, next)
    next += Math.ceil((8 * elements(value.shape) + 16) / 64) * 64
  }
  const memory = new WebAssembly.Memory({ initial: Math.ceil((next + 64) / 65536) })
  for (const value of inPlace) addresses.set(value, addresses.get(replaced(value)!)!)
  const view = (value: Value) => new Float32Array(memory.buffer, addresses.get(value)!, elements(value.shape))
  // Padding that must not matter.
  new Float32Array(memory.buffer).fill(Number.NaN)
  for (const { name, value } of inputs) if (addresses.has(value)) view(value).set(data[name]!)
  const { instance } = await WebAssembly.instantiate(module, { env: { memory } })
  new Uint32Array(memory.buffer, table, operands.length).set(operands.map((value) => addresses.get(value)!))
  const run = instance.exports.run as (table: number) => void
  run(table)
  return Object.fromEntries(outputs.map(({ name, value }) => [name, view(value).slice()]))
}
