/** The part of ONNX Runtime's JavaScript API that sessions use; onnxruntime-node and onnxruntime-web both have it. */
export interface Runtime {
  readonly InferenceSession: {
    create(model: Uint8Array, options?: object): Promise<RuntimeSession>
  }
  readonly Tensor: new (type: 'float32', data: Float32Array, dims: readonly number[]) => RuntimeTensor
}

export interface RuntimeTensor {
  readonly data: unknown
  readonly dims: readonly number[]
}

export interface RuntimeSession {
  run(
    feeds: Readonly<Record<string, RuntimeTensor>>,
    fetches: Readonly<Record<string, RuntimeTensor>>,
  ): Promise<Readonly<Record<string, RuntimeTensor>>>
  release(): Promise<void>
}

/** Where and how graphs are run. */
export interface RuntimeOptions {
  /** `cpu`, `webgpu`, `cuda`, `coreml`, `dml`, `wasm`. Default `cpu`. */
  readonly provider?: string
  /** Threads within an operator; ONNX Runtime decides unless given. */
  readonly threads?: number
}
