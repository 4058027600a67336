import { NEARLY_ZERO } from '@sandglass/core'
import { elements, type Node, splatOf, type Value } from '../graph/graph'
import { kernelOperators } from './operators'
import { isView, kernelKind } from './supported'
import { createWasmCode, moduleOf, type WasmCode } from './wasm-code'

/** Most nodes of a loop and of a function: engines allow 50,000 locals, and take long over large functions. */
const MOST_NODES = 1000

/** Code that computes many nodes in few passes over memory. */
export interface Kernel {
  /** A WebAssembly module that imports `env.memory` and exports `run(table)`. */
  readonly module: Uint8Array<ArrayBuffer>
  /**
   * What each entry of the table is the address of, in bytes (32 bits each). Arrays are read and written in whole
   * groups of four floats, so they must end in padding; truth values are 32 bits wide.
   */
  readonly operands: readonly Value[]
  /** Which results overwrite what they are the next value of, and so are no operands. */
  readonly inPlace: ReadonlySet<Value>
}

/** What a kernel must know about the graph around its nodes. */
export interface KernelSite {
  /** The array whose memory a value is: itself, or what it is a view of. */
  root(value: Value): Value
  /** Whether anything outside reads it. */
  stored(root: Value): boolean
  /**
   * The array that a result is the next value of. It may overwrite it, since nothing reads it after the kernel, and what
   * is close to zero becomes zero.
   */
  replaces?(root: Value): Value | undefined
}

/** A pass over memory: nodes on arrays of `extent` elements, or sums down the columns of a matrix. */
interface Loop {
  readonly extent: number
  /** How many elements in turn are multiplied, if any are. */
  row?: number | undefined
  readonly alone: boolean
  readonly nodes: Node[]
}

/** Fuses nodes, in an order in which they can run, into one kernel. All must be of a `kernelKind`. */
export function emitKernel(nodes: readonly Node[], site: KernelSite): Kernel {
  const { root, stored, replaces } = site
  const loops: Loop[] = []
  /** The loop in which an array is made, and the first in which it can be read from memory. */
  const made = new Map<Value, { loop: number; ready: number }>()
  for (const node of nodes) place(node)

  const inMemory = new Set<Value>()
  for (const [index, { nodes: inside, alone, extent }] of loops.entries())
    for (const node of inside)
      for (const value of operandsOf(node).map(root)) {
        if (value.constant) continue
        const maker = made.get(value)
        if (!maker || maker.loop !== index || alone || elements(value.shape) !== extent) inMemory.add(value)
      }
  for (const [value, { loop, ready }] of made)
    if (stored(value) || (ready > loop && isRead(value))) inMemory.add(value)

  const replaced = replacements()
  const operands = [...inMemory].filter((value) => !replaced.has(value))
  const address = new Map(operands.map((value, i) => [value, i]))
  for (const [value, old] of replaced) address.set(value, address.get(old)!)
  const overwritten = new Set(replaced.values())
  const functions = inFunctions(loops).map((inside) => {
    const w = createWasmCode()
    for (const loop of inside)
      if (loop.alone) emitColumns(w, loop.nodes[0]!, (value) => address.get(root(value))!)
      else emitLoop(w, loop, site, address, overwritten)
    return w
  })
  return { module: moduleOf(functions), operands, inPlace: new Set(replaced.keys()) }

  /**
   * What results overwrite: arrays of as many elements that are read in the same loop, element for element, or before
   * it.
   */
  function replacements(): Map<Value, Value> {
    const found = new Map<Value, Value>()
    for (const [value, { loop, ready }] of made) {
      const old = inMemory.has(value) ? replaces?.(value) : undefined
      if (!old || ready !== loop || made.has(old) || !inMemory.has(old)) continue
      const { extent } = loops[loop]!
      const readLater = loops.some(
        ({ nodes: inside }, index) =>
          index > loop && inside.some((node) => operandsOf(node).some((operand) => root(operand) === old)),
      )
      if (!readLater && elements(old.shape) === extent) found.set(value, old)
    }
    return found
  }

  function isRead(value: Value): boolean {
    return nodes.some((node) => operandsOf(node).some((operand) => root(operand) === value))
  }

  function place(node: Node): void {
    const kind = kernelKind(node)!
    const alone = kind === 'columns'
    const inputs = operandsOf(node).map(root)
    const extent = elements((kind === 'each' ? node.outputs : inputs)[0]!.shape)
    let earliest = 0
    for (const value of inputs) {
      const maker = made.get(value)
      if (!maker) continue
      const joins = !alone && maker.ready === maker.loop && elements(value.shape) === extent
      earliest = Math.max(earliest, joins ? maker.loop : maker.loop + 1)
    }
    const row = kind === 'products' ? node.inputs[0]!.shape.at(-1) : undefined
    let index = loops.findIndex(
      (loop, i) =>
        i >= earliest &&
        !loop.alone &&
        loop.extent === extent &&
        (!row || !loop.row || loop.row === row) &&
        loop.nodes.length < MOST_NODES,
    )
    if (alone || index < 0) {
      index = loops.length
      loops.push({ extent, alone, nodes: [] })
    }
    loops[index]!.nodes.push(node)
    if (row) loops[index]!.row = row
    for (const output of node.outputs.map(root))
      made.set(output, { loop: index, ready: kind === 'each' ? index : index + 1 })
  }
}

/** Loops in their order, as many to a function as it should have. */
function inFunctions(loops: readonly Loop[]): Loop[][] {
  const functions: Loop[][] = []
  let room = 0
  for (const loop of loops) {
    if (loop.nodes.length > room) {
      functions.push([])
      room = MOST_NODES
    }
    functions.at(-1)!.push(loop)
    room -= loop.nodes.length
  }
  return functions
}

/** The arrays that a node reads; axes, shapes and exponents are part of the code. */
export function operandsOf(node: Node): readonly Value[] {
  const single = isView(node) || node.op === 'Pow' || node.op.startsWith('Reduce')
  return single ? node.inputs.slice(0, 1) : node.inputs
}

type Addresses = ReadonlyMap<Value, number>

function emitLoop(
  w: WasmCode,
  loop: Loop,
  site: KernelSite,
  address: Addresses,
  overwritten: ReadonlySet<Value>,
): void {
  const { extent, row, nodes } = loop
  const { root } = site
  const counter = w.newCounter()
  const reads = new Set(nodes.flatMap((node) => operandsOf(node).map(root)))
  const fixed = readFixed(w, loop, site, address, reads)
  const sums = startSums(w, nodes)
  const products = new Map(
    nodes.filter((node) => kernelKind(node) === 'products').map((node) => [node, w.newVector()]),
  )
  const first = [...reads].filter((value) => overwritten.has(value) && !fixed.has(value))
  const round = (lanes: number) =>
    emitRound(w, { nodes, site, address, counter, first, fixed, sums, products }, lanes)

  // Sums must leave out the padding.
  const rest = extent % 4
  const end = sums.size ? extent - rest : extent
  if (row)
    emitRows(
      w,
      { extent, row, counter, products: [...products] },
      (node) => address.get(root(node.outputs[0]!))!,
      () => round(4),
    )
  else if (end > 0) w.loop(counter, 4 * end, 16, () => round(4))
  else {
    w.i32(0)
    w.set(counter)
  }
  if (end < extent) round(rest)
  for (const [node, pair] of sums) finishSum(w, node, pair, extent, address.get(root(node.outputs[0]!))!)
}

/** Reads what is the same in every round, before the first; gives the local of each such value. */
function readFixed(
  w: WasmCode,
  { extent, nodes }: Loop,
  { root }: KernelSite,
  address: Addresses,
  reads: ReadonlySet<Value>,
): Map<Value, number> {
  const own = new Set(
    nodes.filter((node) => kernelKind(node) === 'each').map(({ outputs }) => root(outputs[0]!)),
  )
  const fixed = new Map<Value, number>()
  for (const value of reads) {
    const splat = splatOf(value)
    if (splat === undefined && (own.has(value) || elements(value.shape) === extent)) continue
    const local = w.newVector()
    if (splat === undefined) {
      w.address(address.get(value)!)
      w.loadSplat()
    } else w.floats(splat)
    w.set(local)
    fixed.set(value, local)
  }
  return fixed
}

/** Two vectors of two doubles. */
type Sum = readonly [number, number]

function startSums(w: WasmCode, nodes: readonly Node[]): Map<Node, Sum> {
  const summing = nodes.filter((node) => kernelKind(node) === 'sum')
  const sums = new Map(summing.map((node) => [node, [w.newVector(), w.newVector()] as const]))
  for (const local of [...sums.values()].flat()) {
    w.lanes(0, 0, 0, 0)
    w.set(local)
  }
  return sums
}

function finishSum(w: WasmCode, node: Node, [a, b]: Sum, extent: number, to: number): void {
  const total = w.newVector()
  w.get(a)
  w.get(b)
  w.op('f64x2.add')
  w.set(total)
  w.address(to)
  w.get(total)
  w.double(0)
  w.get(total)
  w.double(1)
  w.op('f64.add')
  w.f64(node.op === 'ReduceMean' ? 1 / extent : 1)
  w.op('f64.mul', 'f32.demote_f64')
  w.storeFloat()
}

/** What the rounds of a loop have in common. */
interface Round {
  readonly nodes: readonly Node[]
  readonly site: KernelSite
  readonly address: Addresses
  readonly counter: number
  /** To be read before anything is written. */
  readonly first: readonly Value[]
  readonly fixed: ReadonlyMap<Value, number>
  readonly sums: ReadonlyMap<Node, Sum>
  readonly products: ReadonlyMap<Node, number>
}

/** Four elements, of which `lanes` count in sums. */
function emitRound(w: WasmCode, round: Round, lanes: number): void {
  const { nodes, site, address, counter, first, fixed, sums, products } = round
  const { root, replaces } = site
  const locals = new Map(fixed)
  const place = (at: number) => {
    w.address(at)
    w.get(counter)
    w.op('i32.add')
  }
  const read = (value: Value): number => {
    const known = locals.get(value)
    if (known !== undefined) return known
    const local = w.newVector()
    place(address.get(value)!)
    w.load()
    w.set(local)
    locals.set(value, local)
    return local
  }
  for (const value of first) read(value)
  for (const node of nodes) {
    const args = operandsOf(node).map((value) => read(root(value)))
    const pair = sums.get(node)
    if (pair) {
      accumulate(w, args[0]!, pair, lanes)
      continue
    }
    const product = products.get(node)
    if (product !== undefined) {
      w.get(product)
      w.get(args[0]!)
      w.op('f32x4.mul')
      w.set(product)
      continue
    }
    const output = root(node.outputs[0]!)
    const local = w.newVector()
    if (isView(node)) w.get(args[0]!)
    else kernelOperators[node.op]!.emit(w, args, node)
    w.set(local)
    if (replaces?.(output)) flushed(w, local)
    locals.set(output, local)
    const to = address.get(output)
    if (to === undefined) continue
    place(to)
    w.get(local)
    w.store()
  }
}

/** Zero in place of what is closer to it than `NEARLY_ZERO`; NaN stays. */
function flushed(w: WasmCode, local: number): void {
  w.get(local)
  w.get(local)
  w.op('f32x4.abs')
  w.floats(NEARLY_ZERO)
  w.op('f32x4.lt', 'v128.andnot')
  w.set(local)
}

/** A loop over rows, each a loop itself; what is multiplied is written at the end of each row. */
function emitRows(
  w: WasmCode,
  loop: { extent: number; row: number; counter: number; products: readonly (readonly [Node, number])[] },
  addressOf: (node: Node) => number,
  round: () => void,
): void {
  const { extent, row, counter, products } = loop
  const [start, within, made] = [w.newCounter(), w.newCounter(), w.newCounter()]
  w.i32(0)
  w.set(made)
  w.loop(start, 4 * extent, 4 * row, () => {
    for (const [, product] of products) {
      w.floats(1)
      w.set(product)
    }
    w.loop(within, 4 * row, 16, () => {
      w.get(start)
      w.get(within)
      w.op('i32.add')
      w.set(counter)
      round()
    })
    for (const [node, product] of products) {
      w.address(addressOf(node))
      w.get(made)
      w.op('i32.add')
      for (const lane of [0, 1, 2, 3] as const) {
        w.get(product)
        w.float(lane)
        if (lane) w.op('f32.mul')
      }
      w.storeFloat()
    }
    w.get(made)
    w.i32(4)
    w.op('i32.add')
    w.set(made)
  })
}

/** Sums are in double precision: a mean over a million floats keeps its digits. */
function accumulate(w: WasmCode, value: number, [low, high]: readonly [number, number], lanes: number): void {
  const part = w.newVector()
  w.get(value)
  if (lanes < 4) {
    w.lanes(
      ...([0, 1, 2, 3].map((lane) => (lane < lanes ? 0xffffffff : 0)) as [number, number, number, number]),
    )
    w.op('v128.and')
  }
  w.set(part)
  w.get(low)
  w.get(part)
  w.op('f64x2.promote_low_f32x4', 'f64x2.add')
  w.set(low)
  w.get(high)
  w.high(part)
  w.op('f64x2.promote_low_f32x4', 'f64x2.add')
  w.set(high)
}

/** Columns are summed in blocks of a cache line, sixteen at a time, then four at a time. */
function emitColumns(w: WasmCode, node: Node, addressOf: (value: Value) => number): void {
  const [from, to] = [addressOf(node.inputs[0]!), addressOf(node.outputs[0]!)]
  const extent = elements(node.inputs[0]!.shape)
  const columns = elements(node.outputs[0]!.shape)
  const [column, row, base] = [w.newCounter(), w.newCounter(), w.newCounter()]
  const width = 4 * columns
  const wide = width - (width % 64)
  const block = (vectors: number) => {
    const sums = Array.from({ length: vectors }, () => w.newVector())
    for (const sum of sums) {
      w.lanes(0, 0, 0, 0)
      w.set(sum)
    }
    w.address(from)
    w.get(column)
    w.op('i32.add')
    w.set(base)
    w.loop(row, 4 * extent, width, () => {
      for (const [i, sum] of sums.entries()) {
        w.get(sum)
        w.get(base)
        w.get(row)
        w.op('i32.add')
        w.load(16 * i)
        w.op('f32x4.add')
        w.set(sum)
      }
    })
    for (const [i, sum] of sums.entries()) {
      w.address(to)
      w.get(column)
      w.op('i32.add')
      w.get(sum)
      if (node.op === 'ReduceMean') {
        w.floats(columns / extent)
        w.op('f32x4.mul')
      }
      w.store(16 * i)
    }
  }
  if (wide) w.loop(column, wide, 64, () => block(4))
  if (wide < width) {
    // From where the wide blocks ended.
    const narrow = w.newCounter()
    w.loop(narrow, width - wide, 16, () => {
      w.get(narrow)
      w.i32(wide)
      w.op('i32.add')
      w.set(column)
      block(1)
    })
  }
}
