import type { Arena } from './arena'

/**
 * Where state is between steps: in pairs of arrays of the host that a step reads and writes in place; in whatever
 * tensors the last step returned, for runtimes that write nothing in place; or the same in buffers of a GPU.
 */
export type StatePlace = 'in-place' | 'returned' | 'gpu-buffer'

/** Where and how graphs are run. */
export interface RuntimeOptions {
  /** `cpu`, `webgpu`, `cuda`, `coreml`, `dml`, `wasm`. Default `cpu`. */
  readonly provider?: string
  /** Threads within an operator; chosen by the size of each graph unless given. */
  readonly threads?: number
  /** How many parts of a batch may run at once, where the runtime is `concurrent`. Default 1. */
  readonly parts?: number | undefined
  /** How many cores there are to use, where the runtime would not know. */
  readonly cores?: number | undefined
  /** Default `in-place`. */
  readonly state?: StatePlace
  /** Memory to share with kernels; without it a graph runs in one call, on arrays of its own. */
  readonly arena?: Arena
  /** Bytes that there are; a graph that needs more is refused. */
  readonly memory?: number
}
