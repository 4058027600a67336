import { sizeOf } from '@sandglass/core'
import type { ElementArray, ElementType, Runtime, RuntimeTensor } from '../session/runtime'
import type { NativeApi } from './native-api'
import { createNativeCalls } from './native-calls'
import { ERRORS_ONLY, openNativeSession, type SessionOptions } from './native-session'

const TYPES: Readonly<Record<ElementType, number>> = { float32: 1, int32: 6, int64: 7, bool: 9 }
const DEVICE_ALLOCATOR = 0
const DEFAULT_MEMORY = 0

/**
 * ONNX Runtime on the CPU through its C interface. onnxruntime-node copies every output into a fresh array, also where
 * one was given, and makes objects of all tensors anew at each call; here a step reads and writes the arrays that it
 * was given, and nothing else happens.
 *
 * A run needs all outputs in `fetches`, and computes on this thread.
 */
export function createNativeRuntime(api: NativeApi): Runtime {
  const calls = createNativeCalls(api)
  const { made } = calls
  const env = made((at) => api.createEnv(ERRORS_ONLY, 'sandglass', at))
  const info = made((at) => api.createCpuMemoryInfo(DEVICE_ALLOCATOR, DEFAULT_MEMORY, at))
  const values = new WeakMap<RuntimeTensor, bigint>()
  const unused = new FinalizationRegistry<bigint>((value) => api.releaseValue(value))

  function handleOf(tensor: RuntimeTensor | undefined, name: string): bigint {
    const value = tensor && values.get(tensor)
    if (value === undefined) throw new Error(`no tensor of this runtime is given for "${name}"`)
    return value
  }

  /** The tensor's array stays where it is, since its memory is its own and not that of the heap. */
  class Tensor implements RuntimeTensor {
    constructor(
      type: ElementType,
      readonly data: ElementArray,
      readonly dims: readonly number[],
    ) {
      if (sizeOf(dims) !== data.length)
        throw new RangeError(`${data.length} numbers do not fill the shape [${dims.join(', ')}]`)
      const { buffer, byteOffset, byteLength } = data
      const bytes = new Uint8Array(buffer, byteOffset, byteLength)
      const sizes = BigInt64Array.from(dims, BigInt)
      const value = made((at) =>
        api.createTensorWithDataAsOrtValue(info, bytes, byteLength, sizes, dims.length, TYPES[type], at),
      )
      values.set(this, value)
      unused.register(this, value, this)
    }

    dispose(): void {
      const value = values.get(this)
      if (value === undefined) return
      values.delete(this)
      unused.unregister(this)
      api.releaseValue(value)
    }
  }

  const site = { api, calls, env, handleOf }
  return {
    InferenceSession: {
      create: async (model: Uint8Array, options?: SessionOptions) => openNativeSession(site, model, options),
    },
    Tensor,
    concurrent: true,
  }
}
