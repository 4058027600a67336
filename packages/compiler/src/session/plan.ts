import { elements, type Graph, type GraphInput } from '../graph/graph'
import { type SplitGraph, separateOutputs, splitTail } from '../kernels/split-tail'
import { type BatchSplit, splitBatch } from '../parts/split-batch'
import { partsOf, worthSplitting } from '../parts/worth-splitting'
import { optimise } from '../passes/index'
import { vectorise } from '../passes/vectorise'
import { type Arena, MOST_BYTES } from './arena'
import { memoryNeeded } from './memory'
import { outOfMemory } from './runtime-errors'
import type { RuntimeOptions } from './runtime-options'
import { flopsOf, threadsFor } from './threads'

// Nanoseconds, measured on a 2.5 GHz Xeon: to gather a number of a batch; to draw a random one; to run on another thread.
const GATHERED = 0.5
const DRAWN = 15
const THREAD = 150_000
// A floating-point operation of a product on two threads; and what share of a run that has all cores filling must be
// worth, since it takes one of them away: gathering alone made a step of 27 ms a tenth slower.
const OPERATION = 0.01
const SHARE = 0.25

/** What is run: a graph after all passes, in up to three pieces. */
export interface Plan {
  readonly graph: Graph
  /** What parts of the batch go through first, if it is split. */
  readonly split?: BatchSplit | undefined
  /** What the runtime does. */
  readonly body: Graph
  /** What a kernel does afterwards, if anything. */
  readonly tailed?: SplitGraph | undefined
  readonly threads?: number | undefined
  /** As many as leave each part, which has a thread of its own, and them together no more than there may be. */
  readonly partThreads?: number | undefined
}

/**
 * Optimises a traced graph and splits it where that pays. `isState` tells the inputs that the caller keeps. Throws
 * `SandglassError` when it needs too much memory.
 */
export function planGraph(
  traced: Graph,
  { provider = 'cpu', threads, cores, memory, arena, parts: most = 1 }: RuntimeOptions,
  isState: (name: string) => boolean,
  what: string,
): Plan {
  const graph = pruneInputs(optimise(traced))
  const needed = memoryNeeded(graph)
  if (memory !== undefined && needed > memory) throw outOfMemory(what, needed, memory)
  const forCpu = (given: Graph) => (provider === 'cpu' ? vectorise(given) : given)
  const split = splitInParts(graph, most, isState)
  const main = split ? pruneInputs(split.rest) : graph
  const tail = arena && roomFor(graph, arena) ? splitTail(separateOutputs(main)) : undefined
  // A runtime's session must have an output: a graph that is all tail stays whole, unless parts have run before.
  const tailed = tail?.tail.length && (split || tail.body.outputs.length) ? tail : undefined
  return {
    graph,
    split: split && { ...split, part: forCpu(split.part) },
    body: forCpu(tailed ? pruneInputs(tailed.body) : main),
    tailed,
    threads: threads ?? threadsFor(main, cores),
    partThreads: split && Math.max(1, most - split.parts + 1),
  }
}

/** Splits a graph's batch into as many parts as pay, if any do. */
function splitInParts(
  graph: Graph,
  most: number,
  isState: (name: string) => boolean,
): BatchSplit | undefined {
  const isBatch = ({ name }: GraphInput) => !isState(name)
  const batch = graph.inputs.find((input) => isBatch(input) && !input.draw && input.value.shape.length)
  const size = batch?.value.shape[0] ?? 0
  const parts = partsOf(size, most)
  const split = parts > 1 ? splitBatch(graph, size, parts, isBatch) : undefined
  if (!split) return
  const part = pruneInputs(split.part)
  return worthSplitting(part, split.shared, size / parts) ? { ...split, part } : undefined
}

/** Whether filling a graph's spare inputs during a run takes longer than handing the run to another thread. */
export function isWorthPreparing(
  { graph, split, threads }: Plan,
  isState: (name: string) => boolean,
): boolean {
  const filling = graph.inputs
    .filter(({ name }) => !isState(name))
    .reduce((sum, { value, draw: how }) => sum + (how ? DRAWN : GATHERED) * elements(value.shape), 0)
  const alone = threads === 1 && !split
  return filling > (alone ? THREAD : Math.max(THREAD, SHARE * OPERATION * flopsOf(graph)))
}

/** Whether what a graph hands to its tail would fit beside what there is. */
function roomFor(graph: Graph, { memory }: Arena): boolean {
  return memoryNeeded(graph) < MOST_BYTES / 2 - memory.buffer.byteLength
}

/** Drops inputs that no node and no output reads; a runtime would refuse to be fed them. */
function pruneInputs(graph: Graph): Graph {
  const read = new Set([
    ...graph.nodes.flatMap((node) => node.inputs),
    ...graph.outputs.map(({ value }) => value),
  ])
  return { ...graph, inputs: graph.inputs.filter(({ value }: GraphInput) => read.has(value)) }
}
