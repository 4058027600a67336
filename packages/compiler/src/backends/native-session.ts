import type { RuntimeSession, RuntimeTensor, RuntimeTensors } from '../session/runtime'
import type { NativeApi } from './native-api'
import type { NativeCalls } from './native-calls'

/** Of the options of a session, those that matter to a graph on the CPU. */
export interface SessionOptions {
  readonly graphOptimizationLevel?: keyof typeof LEVELS
  readonly intraOpNumThreads?: number
  readonly interOpNumThreads?: number
  readonly logSeverityLevel?: number
}

const LEVELS = { disabled: 0, basic: 1, extended: 2, layout: 3, all: 99 }
export const ERRORS_ONLY = 3

/** What sessions share. */
export interface NativeSite {
  readonly api: NativeApi
  readonly calls: NativeCalls
  /** ONNX Runtime's environment. */
  readonly env: bigint
  /** The address of a tensor's value. Throws when it is none of this runtime. */
  handleOf(tensor: RuntimeTensor | undefined, name: string): bigint
}

/** A session for a model, ready to run. */
export function openNativeSession(
  site: NativeSite,
  model: Uint8Array,
  options: SessionOptions = {},
): RuntimeSession {
  const { api, calls } = site
  let session = createSession(site, model, options)
  /** Names and values of runs that have ended. */
  const free: { inputs: Ends; outputs: Ends }[] = []

  function argumentsOf(feeds: RuntimeTensors, fetches: RuntimeTensors) {
    if (!session) throw new Error('the session is released')
    const { inputs, outputs } = free.pop() ?? { inputs: endsOf(api, []), outputs: endsOf(api, []) }
    const ends = { inputs: filled(site, inputs, feeds), outputs: filled(site, outputs, fetches) }
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
      calls.check(status)
      return fetches
    },
    start: async (feeds, fetches) => {
      const { ends, given } = argumentsOf(feeds, fetches)
      const status = await new Promise<bigint>((resolve, reject) =>
        api.run.async(...given, (error, result) => (error ? reject(error) : resolve(result))),
      )
      free.push(ends)
      calls.check(status)
      return fetches
    },
    release: async () => {
      if (session) api.releaseSession(session)
      session = 0n
    },
  }
}

function createSession({ api, calls, env }: NativeSite, model: Uint8Array, options: SessionOptions): bigint {
  const { check, made } = calls
  const { graphOptimizationLevel = 'all', intraOpNumThreads = 0, interOpNumThreads = 0 } = options
  const settings = made((at) => api.createSessionOptions(at))
  try {
    check(api.setSessionLogSeverityLevel(settings, options.logSeverityLevel ?? ERRORS_ONLY))
    check(api.setSessionGraphOptimizationLevel(settings, LEVELS[graphOptimizationLevel]))
    check(api.setIntraOpNumThreads(settings, intraOpNumThreads))
    check(api.setInterOpNumThreads(settings, interOpNumThreads))
    return made((at) => api.createSessionFromArray(env, model, model.byteLength, settings, at))
  } finally {
    api.releaseSessionOptions(settings)
  }
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

/** Puts the values of `tensors` in their places, which are the same at every run of a graph. */
function filled({ api, handleOf }: NativeSite, ends: Ends, tensors: RuntimeTensors): Ends {
  const names = Object.keys(tensors)
  const same = names.length === ends.names.length && names.every((name, i) => name === ends.names[i])
  const result = same ? ends : endsOf(api, names)
  for (let i = 0; i < names.length; i++) result.handles[i] = handleOf(tensors[names[i]!], names[i]!)
  return result
}

function endsOf(api: NativeApi, names: readonly string[]): Ends {
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
