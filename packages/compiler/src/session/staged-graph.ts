import { elements, type Graph, type Node, type Value } from '../graph/graph'
import { emitKernel } from '../kernels/emit-kernel'
import type { StagePlan } from '../kernels/stages'
import { type Arena, arenaBuffer, padded } from './arena'
import { allocateAs, type Buffer } from './buffers'
import type { Runtime, RuntimeSession, RuntimeTensor, RuntimeTensors } from './runtime'

/** A graph that runs as calls of the runtime and kernels in turn, all on arrays of one arena. */
export interface StagedGraph {
  /** Buffers of the inputs that are not state, by name. */
  readonly inputs: Readonly<Record<string, Buffer<Float32Array>>>
  /** Runs with state tensors in and out, which lie in the arena too; gives all outputs. */
  run(feeds: RuntimeTensors, fetches: RuntimeTensors): Promise<RuntimeTensors>
  release(): Promise<void>
}

export interface StagedGraphSite {
  readonly runtime: Runtime
  readonly arena: Arena
  isState(name: string): boolean
  open(graph: Graph): Promise<RuntimeSession>
}

/** What a call needs: a tensor that stays, or one of the state, which change places. */
interface Slot {
  readonly name: string
  tensor(states: RuntimeTensors): RuntimeTensor
}

type Step = (feeds: RuntimeTensors, fetches: RuntimeTensors) => Promise<unknown> | undefined

/** Bytes of the arena that the arrays of a plan take. */
export function bytesOfPlan(graph: Graph, plan: StagePlan, isState: (name: string) => boolean): number {
  let bytes = 0
  for (const value of ownArrays(graph, plan, isState)) bytes += padded(bytesOf(value))
  return bytes
}

/** Opens the stages of a plan. Nothing stays allocated when one cannot be opened. */
export async function openStages(graph: Graph, plan: StagePlan, site: StagedGraphSite): Promise<StagedGraph> {
  const { runtime, arena, isState, open } = site
  const { root } = plan
  const stateIn = statesOf(graph.inputs, isState)
  const stateOut = statesOf(graph.outputs, isState)
  const addresses = new Map<Value, number>()
  const sessions: RuntimeSession[] = []
  const release = async () => {
    for (const [value, address] of addresses) arena.free(address, bytesOf(value))
    addresses.clear()
    await Promise.all(sessions.map((session) => session.release()))
  }
  try {
    for (const value of ownArrays(graph, plan, isState)) addresses.set(value, arena.allocate(bytesOf(value)))
    const others = new Map<Value, Buffer>()
    const bufferOf = (value: Value): Buffer => {
      const address = addresses.get(root(value))
      if (address !== undefined) return arenaBuffer(runtime, arena, address, value.shape)
      // Whole numbers and truth values stay with the runtime; they have no views.
      const buffer = others.get(value) ?? allocateAs(runtime, value.shape, value.dtype)
      others.set(value, buffer)
      return buffer
    }
    const slot = (value: Value, states: ReadonlyMap<Value, string>): Slot => {
      const state = states.get(root(value))
      const name = `v${value.id}`
      if (state === undefined) {
        const buffer = bufferOf(value)
        return { name, tensor: () => buffer.tensor }
      }
      if (root(value) === value) return { name, tensor: (given) => given[state]! }
      const views = new WeakMap<RuntimeTensor, RuntimeTensor>()
      return {
        name,
        tensor: (given) => {
          const whole = given[state]!
          const view =
            views.get(whole) ?? new runtime.Tensor('float32', whole.data as Float32Array, value.shape)
          views.set(whole, view)
          return view
        },
      }
    }

    const steps: Step[] = []
    for (const [index, { kind, nodes }] of plan.stages.entries()) {
      const later = new Set([
        ...plan.stages.flatMap((stage, i) => (i === index ? [] : stage.nodes.flatMap(readBy(root)))),
        ...graph.outputs.map(({ value }) => root(value)),
      ])
      if (kind === 'kernel') {
        const { module, operands } = emitKernel(nodes, { root, stored: (value) => later.has(value) })
        const { instance } = await WebAssembly.instantiate(module, { env: { memory: arena.memory } })
        const run = instance.exports.run as (...addresses: number[]) => void
        const made = new Set(nodes.flatMap(({ outputs }) => outputs.map(root)))
        // What only this kernel reads and cannot keep in registers.
        for (const value of operands)
          if (made.has(value) && !addresses.has(value) && !stateOut.has(value))
            addresses.set(value, arena.allocate(bytesOf(value)))
        const places = operands.map((value) => ({
          state: made.has(value) ? stateOut.get(value) : stateIn.get(value),
          written: made.has(value),
          address: addresses.get(value)!,
        }))
        steps.push((feeds, fetches) => {
          run(
            ...places.map(({ state, written, address }) =>
              state === undefined ? address : addressOf((written ? fetches : feeds)[state]!),
            ),
          )
          return undefined
        })
        continue
      }
      const made = new Set(nodes.flatMap(({ outputs }) => outputs))
      const read = new Set(nodes.flatMap((node) => node.inputs))
      const enter = [...read].filter((value) => !made.has(value) && !value.constant)
      const leave = [...made].filter((value) => later.has(value))
      const session = await open({
        inputs: enter.map((value) => ({ name: `v${value.id}`, value })),
        outputs: leave.map((value) => ({ name: `v${value.id}`, value })),
        nodes,
      })
      sessions.push(session)
      const inputs = tensors(enter.map((value) => slot(value, stateIn)))
      const outputs = tensors(leave.map((value) => slot(value, stateOut)))
      steps.push((feeds, fetches) => session.run(inputs(feeds), outputs(fetches)))
    }

    const results = graph.outputs
      .filter(({ name }) => !isState(name))
      .map(({ name, value }) => ({ name, buffer: bufferOf(value) }))
    return {
      inputs: Object.fromEntries(
        graph.inputs
          .filter(({ name }) => !isState(name))
          .map(({ name, value }) => [name, bufferOf(value) as Buffer<Float32Array>]),
      ),
      run: async (feeds, fetches) => {
        for (const step of steps) {
          const running = step(feeds, fetches)
          if (running) await running
        }
        const all: Record<string, RuntimeTensor> = { ...fetches }
        for (const { name, buffer } of results) all[name] = buffer.tensor
        return all
      },
      release,
    }
  } catch (error) {
    await release()
    throw error
  }
}

/** Arrays of the arena: those that stages hand to one another, inputs and outputs, but for state. */
function ownArrays(
  graph: Graph,
  { stages, root }: StagePlan,
  isState: (name: string) => boolean,
): Set<Value> {
  const made = new Map<Value, number>()
  for (const [index, { nodes }] of stages.entries())
    for (const { outputs } of nodes) for (const value of outputs) made.set(root(value), index)
  const inArena = (value: Value) => value.dtype === 'float32' || stages[made.get(value)!]?.kind === 'kernel'
  const arrays = new Set<Value>()
  for (const [index, { nodes }] of stages.entries())
    for (const value of nodes.flatMap(readBy(root))) {
      const maker = made.get(value)
      if (maker !== undefined && maker !== index) arrays.add(value)
    }
  for (const { name, value } of graph.inputs) if (!isState(name)) arrays.add(value)
  for (const { name, value } of graph.outputs) if (!isState(name)) arrays.add(root(value))
  for (const { name, value } of graph.outputs) if (isState(name)) arrays.delete(root(value))
  return new Set([...arrays].filter(inArena))
}

/** In the arena truth values are as wide as floats. */
function bytesOf({ shape, dtype }: Value): number {
  return elements(shape) * (dtype === 'int64' ? 8 : 4)
}

function readBy(root: (value: Value) => Value): (node: Node) => Value[] {
  return ({ inputs }) => inputs.filter(({ constant }) => !constant).map(root)
}

function statesOf(
  ends: readonly { readonly name: string; readonly value: Value }[],
  isState: (name: string) => boolean,
): ReadonlyMap<Value, string> {
  return new Map(ends.filter(({ name }) => isState(name)).map(({ name, value }) => [value, name]))
}

/** The same record at every call, in which only state changes, and everything after memory has grown. */
function tensors(slots: readonly Slot[]): (states: RuntimeTensors) => RuntimeTensors {
  const record: Record<string, RuntimeTensor> = {}
  return (states) => {
    for (const { name, tensor } of slots) record[name] = tensor(states)
    return record
  }
}

function addressOf({ data }: RuntimeTensor): number {
  return (data as Float32Array).byteOffset
}
