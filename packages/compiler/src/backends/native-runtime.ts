import { sizeOf } from '@sandglass/core'
import type {
  ElementArray,
  ElementType,
  Runtime,
  RuntimeSession,
  RuntimeTensor,
  RuntimeTensors,
} from '../session/runtime'
import type { NativeApi } from './native-api'

/** Of the options of a session, those that matter to a graph on the CPU. */
interface SessionOptions {
  readonly graphOptimizationLevel?: keyof typeof LEVELS
  readonly intraOpNumThreads?: number
  readonly interOpNumThreads?: number
  readonly logSeverityLevel?: number
}

const LEVELS = { disabled: 0, basic: 1, extended: 2, layout: 3, all: 99 }
const TYPES: Readonly<Record<ElementType, number>> = { float32: 1, int32: 6, int64: 7, bool: 9 }
const ERRORS_ONLY = 3
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
  const env = made((at) => api.createEnv(ERRORS_ONLY, 'sandglass', at))
  const info = made((at) => api.createCpuMemoryInfo(DEVICE_ALLOCATOR, DEFAULT_MEMORY, at))
  const values = new WeakMap<RuntimeTensor, bigint>()
  const unused = new FinalizationRegistry<bigint>((value) => api.releaseValue(value))

  /** Throws what ONNX Runtime says of a call that failed. */
  function check(status: bigint): void {
    if (!status) return
    const message = api.getErrorMessage(status)
    api.releaseStatus(status)
    throw new Error(message)
  }

  function made(make: (at: BigUint64Array) => bigint): bigint {
    const at = new BigUint64Array(1)
    check(make(at))
    return at[0]!
  }

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

  async function create(model: Uint8Array, options: SessionOptions = {}): Promise<RuntimeSession> {
    const { graphOptimizationLevel = 'all', intraOpNumThreads = 0, interOpNumThreads = 0 } = options
    const settings = made((at) => api.createSessionOptions(at))
    let session: bigint
    try {
      check(api.setSessionLogSeverityLevel(settings, options.logSeverityLevel ?? ERRORS_ONLY))
      check(api.setSessionGraphOptimizationLevel(settings, LEVELS[graphOptimizationLevel]))
      check(api.setIntraOpNumThreads(settings, intraOpNumThreads))
      check(api.setInterOpNumThreads(settings, interOpNumThreads))
      session = made((at) => api.createSessionFromArray(env, model, model.byteLength, settings, at))
    } finally {
      api.releaseSessionOptions(settings)
    }
    /** Names and values of runs that have ended. */
    const free: { inputs: Ends; outputs: Ends }[] = []

    function argumentsOf(feeds: RuntimeTensors, fetches: RuntimeTensors) {
      if (!session) throw new Error('the session is released')
      const { inputs, outputs } = free.pop() ?? { inputs: endsOf([]), outputs: endsOf([]) }
      const ends = { inputs: filled(inputs, feeds), outputs: filled(outputs, fetches) }
      const given = [
        session,
        0n,
        ends.inputs.addresses,
        ends.inputs.values,
        ends.inputs.names.length,
        ends.outputs.addresses,
        ends.outputs.names.length,
        ends.outputs.values,
      ] as const
      return { ends, given }
    }

    return {
      run: async (feeds, fetches = {}) => {
        const { ends, given } = argumentsOf(feeds, fetches)
        const status = api.run(...given)
        free.push(ends)
        check(status)
        return fetches
      },
      start: async (feeds, fetches) => {
        const { ends, given } = argumentsOf(feeds, fetches)
        const status = await new Promise<bigint>((resolve, reject) =>
          api.run.async(...given, (error, result) => (error ? reject(error) : resolve(result))),
        )
        free.push(ends)
        check(status)
        return fetches
      },
      release: async () => {
        if (session) api.releaseSession(session)
        session = 0n
      },
    }
  }

  /** Puts the values of `tensors` in their places, which are the same at every run of a graph. */
  function filled(ends: Ends, tensors: RuntimeTensors): Ends {
    const names = Object.keys(tensors)
    const same = names.length === ends.names.length && names.every((name, i) => name === ends.names[i])
    const result = same ? ends : endsOf(names)
    for (let i = 0; i < names.length; i++) result.handles[i] = handleOf(tensors[names[i]!], names[i]!)
    return result
  }

  function endsOf(names: readonly string[]): Ends {
    const texts = names.map((name) => new TextEncoder().encode(`${name}\0`))
    // Buffers of their own: the garbage collector moves small arrays.
    const size = 8 * names.length
    const bytes = texts.reduce((sum, { length }) => sum + length, 0)
    const memory = new ArrayBuffer(2 * size + bytes + 1)
    const start = api.addressOf(new Uint8Array(memory))
    const pointers = new BigUint64Array(memory, 0, names.length)
    let at = 2 * size
    texts.forEach((text, i) => {
      new Uint8Array(memory).set(text, at)
      pointers[i] = start + BigInt(at)
      at += text.length
    })
    return {
      names,
      handles: new BigUint64Array(memory, size, names.length),
      addresses: start,
      values: start + BigInt(size),
    }
  }

  return { InferenceSession: { create }, Tensor, concurrent: true }
}

/** Names and values as C has them, in memory of their own that `handles` keeps. */
interface Ends {
  readonly names: readonly string[]
  /** The values of one run. */
  readonly handles: BigUint64Array
  /** Where the pointers to the names are, and where the values are. */
  readonly addresses: bigint
  readonly values: bigint
}
