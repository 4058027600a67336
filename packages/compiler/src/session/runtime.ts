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
