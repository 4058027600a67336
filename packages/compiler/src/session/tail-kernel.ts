import { elements, type Value } from '../graph/graph'
import { emitKernel } from '../kernels/emit-kernel'
import type { SplitGraph } from '../kernels/split-tail'
import type { Arena } from './arena'

/** The kernel of a graph's tail, ready to run on arrays of an arena. */
export interface TailKernel {
  /** Outputs that are written over the inputs that they are the next value of. */
  readonly inPlace: ReadonlySet<Value>
  /** `addressOf` tells where inputs, outputs and what the body hands over are. */
  run(addressOf: (value: Value) => number): void
  release(): void
}

/** `replaced` tells which input an output is the next value of. */
export async function openTail(
  { whole, tail, root }: SplitGraph,
  arena: Arena,
  replaced: (output: string) => string | undefined,
): Promise<TailKernel> {
  const outputs = new Map(whole.outputs.map(({ name, value }) => [value, name]))
  const inputs = new Map(whole.inputs.map(({ name, value }) => [name, value]))
  const { module, operands, inPlace } = emitKernel(tail, {
    root,
    stored: (value) => outputs.has(value),
    replaces: (value) => {
      const name = outputs.get(value)
      return name === undefined ? undefined : inputs.get(replaced(name) ?? '')
    },
  })
  const { instance } = await WebAssembly.instantiate(module, { env: { memory: arena.memory } })
  const run = instance.exports.run as (table: number) => void
  const table = arena.allocate(4 * operands.length)
  const made = new Set(tail.flatMap((node) => node.outputs))
  // What only the kernel reads and cannot keep in registers.
  const own = new Map(
    operands
      .filter((value) => made.has(value) && !outputs.has(value))
      .map((value) => [value, arena.allocate(4 * elements(value.shape))]),
  )
  return {
    inPlace,
    run: (addressOf) => {
      const entries = new Uint32Array(arena.memory.buffer, table, operands.length)
      for (const [i, value] of operands.entries()) entries[i] = own.get(value) ?? addressOf(value)
      run(table)
    },
    release: () => {
      arena.free(table, 4 * operands.length)
      for (const [value, address] of own) arena.free(address, 4 * elements(value.shape))
      own.clear()
    },
  }
}
