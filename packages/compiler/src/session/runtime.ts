import type { Arena } from './arena'

/** The part of ONNX Runtime's JavaScript API that sessions use; onnxruntime-node and onnxruntime-web both have it. */
export interface Runtime {
  readonly InferenceSession: {
    create(model: Uint8Array, options?: object): Promise<RuntimeSession>
  }
  /** Whether sessions can `start` runs, several at once. */
  readonly concurrent?: boolean
  readonly Tensor: new (type: ElementType, data: ElementArray, dims: readonly number[]) => RuntimeTensor
}

export type ElementType = 'float32' | 'int32' | 'int64' | 'bool'
export type ElementArray = Float32Array | Int32Array | BigInt64Array | Uint8Array

export interface RuntimeTensor {
  readonly data: unknown
  readonly dims: readonly number[]
  /** `cpu`, or `gpu-buffer` when only the device has it. */
  readonly location?: string
  dispose?(): void
}

export type RuntimeTensors = Readonly<Record<string, RuntimeTensor>>

export interface RuntimeSession {
  /** All outputs, or those of `fetches`, written in place where the runtime can. */
  run(feeds: RuntimeTensors, fetches?: RuntimeTensors): Promise<RuntimeTensors>
  /** The same on another thread, where the runtime can: this one is free meanwhile. */
  start?(feeds: RuntimeTensors, fetches: RuntimeTensors): Promise<RuntimeTensors>
  release(): Promise<void>
}

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
