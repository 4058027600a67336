import type * as Koffi from 'koffi'

/** An address; 0 is none. */
type Address = bigint
/** An array that a C function reads from or writes to. */
type Memory = Uint8Array | BigInt64Array | BigUint64Array

/** Arrays by their addresses. */
type RunArguments = [
  session: Address,
  options: Address,
  inputNames: Address,
  inputs: Address,
  inputCount: number,
  outputNames: Address,
  outputCount: number,
  outputs: Address,
]

/** The functions of ONNX Runtime's C interface that a step needs. Those that can fail return a status, or none. */
export interface NativeApi {
  createEnv(level: number, name: string, env: BigUint64Array): Address
  createSessionOptions(options: BigUint64Array): Address
  setSessionLogSeverityLevel(options: Address, level: number): Address
  setSessionGraphOptimizationLevel(options: Address, level: number): Address
  setIntraOpNumThreads(options: Address, threads: number): Address
  setInterOpNumThreads(options: Address, threads: number): Address
  createSessionFromArray(
    env: Address,
    model: Memory,
    bytes: number,
    options: Address,
    session: BigUint64Array,
  ): Address
  createCpuMemoryInfo(allocator: number, kind: number, info: BigUint64Array): Address
  createTensorWithDataAsOrtValue(
    info: Address,
    data: Memory,
    bytes: number,
    dims: BigInt64Array,
    rank: number,
    type: number,
    value: BigUint64Array,
  ): Address
  readonly run: {
    (...ends: RunArguments): Address
    /** On another thread. */
    async(...ends: [...RunArguments, done: (error: unknown, status: Address) => void]): void
  }
  getErrorMessage(status: Address): string
  releaseStatus(status: Address): void
  releaseSession(session: Address): void
  releaseValue(value: Address): void
  releaseSessionOptions(options: Address): void
  addressOf(memory: Memory): Address
  /** Held, since a library that nothing holds is unloaded under its callers. */
  readonly library: unknown
}

type Function = Exclude<keyof NativeApi, 'addressOf' | 'library'>

/** The version of the interface that is asked for: that of ONNX Runtime 1.17, which later ones still give. */
const VERSION = 17

// Where each function is in `OrtApi`, ONNX Runtime's table of functions, which grows at its end alone, and its types.
const P = 'void *'
const FUNCTIONS: Readonly<Record<Function, readonly [at: number, result: string, takes: readonly string[]]>> =
  {
    getErrorMessage: [2, 'const char *', [P]],
    createEnv: [3, P, ['int', 'const char *', P]],
    createSessionFromArray: [8, P, [P, P, 'size_t', P, P]],
    run: [9, P, [P, P, P, P, 'size_t', P, 'size_t', P]],
    createSessionOptions: [10, P, [P]],
    setSessionLogSeverityLevel: [22, P, [P, 'int']],
    setSessionGraphOptimizationLevel: [23, P, [P, 'int']],
    setIntraOpNumThreads: [24, P, [P, 'int']],
    setInterOpNumThreads: [25, P, [P, 'int']],
    createTensorWithDataAsOrtValue: [49, P, [P, P, 'size_t', P, 'size_t', 'int', P]],
    createCpuMemoryInfo: [69, P, ['int', 'int', P]],
    releaseStatus: [93, 'void', [P]],
    releaseSession: [95, 'void', [P]],
    releaseValue: [96, 'void', [P]],
    releaseSessionOptions: [100, 'void', [P]],
  }

/** Opens the C interface of ONNX Runtime's shared library at `path`. Throws whatever is wrong with it. */
export function openNativeApi(koffi: typeof Koffi, path: string): NativeApi {
  const library = koffi.load(path)
  const base = library.func('OrtGetApiBase', P, [])() as Address
  const getApi = koffi.decode(koffi.decode(base, P) as Address, koffi.proto(P, ['uint32_t'])) as (
    version: number,
  ) => Address
  const table = getApi(VERSION)
  if (!table) throw new Error(`${path} has no interface of version ${VERSION}`)
  const functions = Object.entries(FUNCTIONS).map(([name, [at, result, takes]]) => {
    const entry = koffi.decode(table, at * koffi.sizeof(P), P) as Address
    return [name, koffi.decode(entry, koffi.proto(result, [...takes]))]
  })
  const addressOf: NativeApi['addressOf'] = (memory) => koffi.address(memory)
  return { ...Object.fromEntries(functions), addressOf, library } as NativeApi
}
