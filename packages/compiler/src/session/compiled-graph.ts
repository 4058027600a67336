import type { Draws } from '@sandglass/core'
import type { Graph } from '../graph/graph'
import type { Buffer } from './buffers'
import type { RuntimeTensors } from './runtime'

/** Which of a graph's inputs and outputs are state, which the caller keeps. */
export interface StateNames {
  input(name: string): boolean
  output(name: string): boolean
  /** The input that an output is the next value of, which nothing reads once it is there. */
  replaced?(output: string): string | undefined
}

/** A graph ready to run, with buffers for all that is not state. */
export interface CompiledGraph {
  /** The graph that runs, after all passes. */
  readonly graph: Graph
  /** Buffers of the inputs that the graph still reads and that are not state, by name. */
  readonly inputs: Readonly<Record<string, Buffer<Float32Array>>>
  /** Buffers to fill for the next run while one is under way; `swap` makes them the inputs. */
  readonly spare: Readonly<Record<string, Buffer<Float32Array>>>
  swap(): void
  /** Whether filling them takes longer than handing a run to another thread. */
  readonly worthPreparing: boolean
  /** Outputs that are written over the state that they are the next value of, and need no array of their own. */
  readonly inPlace: ReadonlySet<string>
  /** Fills the inputs that are random numbers, or their spare buffers. */
  drawRandom(draws: Draws, spare?: boolean): void
  /**
   * Runs with state tensors in, and out where they are written in place, by name; gives all outputs. Those that are not
   * state are overwritten by the next run. Throws `SandglassError`. `meanwhile` is called once the run is under way, on
   * another thread where the runtime can; it must not throw.
   */
  run(feeds: RuntimeTensors, fetches: RuntimeTensors, meanwhile?: () => void): Promise<RuntimeTensors>
  release(): Promise<void>
}
