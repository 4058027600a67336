import {
  type Backend,
  coresUsable,
  cpuName,
  define,
  nodeModule,
  type Probe,
  SandglassError,
} from '@sandglass/core'
import { z } from 'zod'
import type { Runtime } from '../session/runtime'
import type { RuntimeOptions } from '../session/runtime-options'
import { graphicsDevice } from './graphics-device'
import { coresAllowed, memoryOfHost } from './host'
import { findLibrary } from './library'
import { loadNativeRuntime } from './load-native'
import { INSTALL, loadNodeRuntime, type Unavailable, unavailable } from './load-node'
import { tryProvider } from './probe-provider'

/** One way in which onnxruntime-node can run graphs. */
interface Provider {
  /** ONNX Runtime's name for it. */
  readonly provider: string
  readonly preference: number
  /** What it costs where it cannot run. */
  readonly without?: string
  readonly description: string
  /** What it is called elsewhere. */
  readonly called?: readonly string[]
  /** What computes, when its trial run brought in these drivers. */
  device(drivers: readonly string[]): { readonly device: string; readonly software?: boolean }
  readonly advice: string
  readonly state?: RuntimeOptions['state']
  /** A library beside ONNX Runtime's without which a trial is pointless. */
  readonly library?: string
}

// Where `auto` looks first: a CPU is faster than most GPUs on models of this size, except through CUDA.
const CPU: Provider = {
  provider: 'cpu',
  preference: 100,
  description: 'training steps compiled to ONNX graphs, on the CPU',
  called: ['onnx', 'ort', 'onnxruntimeNode'],
  device: () => ({ device: cpuName() }),
  // By sparse and convolutional models of the textbook on onnxruntime-web and on wasm.
  without: 'training takes 4 to 40 times as long without it',
  advice: `Run: ${INSTALL}`,
}
const WEBGPU: Provider = {
  provider: 'webgpu',
  preference: 60,
  description: 'compiled training steps on the GPU through WebGPU (Vulkan, Metal or Direct3D 12)',
  called: ['gpu'],
  device: (drivers) => graphicsDevice(drivers, process.platform),
  advice:
    "On Linux install the Vulkan loader (libvulkan1) and your GPU's Vulkan driver; elsewhere update the driver.",
  state: 'gpu-buffer',
}
const CUDA: Provider = {
  provider: 'cuda',
  preference: 110,
  description: 'compiled training steps on an NVIDIA GPU through CUDA, on Linux',
  called: ['cuda', 'gpu', 'nvidia'],
  device: () => ({ device: 'NVIDIA GPU through CUDA' }),
  advice:
    'On Linux with an NVIDIA GPU install CUDA 12 and cuDNN 9, then: npm install onnxruntime-node --onnxruntime-node-install=cuda12',
  library: 'libonnxruntime_providers_cuda.so',
}
const COREML: Provider = {
  provider: 'coreml',
  preference: 55,
  description: "compiled training steps through Apple's Core ML",
  called: ['coreml', 'metal', 'mps'],
  device: () => ({ device: 'Core ML (CPU, GPU or Neural Engine, as it decides)' }),
  advice: 'It needs macOS.',
}
const DIRECTML: Provider = {
  provider: 'dml',
  preference: 55,
  description: 'compiled training steps on any GPU of Windows through DirectML',
  called: ['directml', 'dml'],
  device: () => ({ device: 'GPU through DirectML' }),
  advice: 'It needs Windows and a GPU with DirectX 12.',
}

const schema = z.strictObject({
  /** Threads within an operator, of the part that runs on the CPU. */
  threads: z.int().positive().optional(),
  /** Whether to call ONNX Runtime's C interface, where koffi is installed and the provider is the CPU. Default true. */
  native: z.boolean().optional(),
})

/** ONNX Runtime in Node, on the CPU: each training step is compiled once into one graph. */
export const onnxruntime = defineNodeBackend('onnxruntime', CPU)
/** The same on the GPU through WebGPU, with the state in its memory. */
export const onnxruntimeWebgpu = defineNodeBackend('onnxruntime-webgpu', WEBGPU)
/** The same on an NVIDIA GPU; state goes through the host at each step. */
export const onnxruntimeCuda = defineNodeBackend('onnxruntime-cuda', CUDA)
/** The same through Core ML; state goes through the host at each step. */
export const onnxruntimeCoreml = defineNodeBackend('onnxruntime-coreml', COREML)
/** The same through DirectML; state goes through the host at each step. */
export const onnxruntimeDirectml = defineNodeBackend('onnxruntime-directml', DIRECTML)

function defineNodeBackend<const Type extends string>(type: Type, provider: Provider) {
  return define('backend', {
    type,
    description: provider.description,
    ...(provider.called && { aliases: { type: provider.called } }),
    schema,
    build: (options) => createNodeBackend(type, provider, options),
  })
}

type Available = Extract<Probe, { available: true }>
type Found = Available & { readonly runtime: Runtime }

/** A backend of ONNX Runtime in Node. `load` and `attempt` stand in for the real thing in tests. */
export function createNodeBackend(
  id: string,
  { provider, preference, without, device, advice, state, library }: Provider,
  { threads, native = true }: z.infer<typeof schema> = {},
  load: typeof loadNodeRuntime = loadNodeRuntime,
  attempt: typeof tryProvider = tryProvider,
): Backend {
  let finding: Promise<Found | Unavailable> | undefined

  async function find(): Promise<Found | Unavailable> {
    if (!nodeModule('os'))
      return unavailable('onnxruntime-node needs Node', 'In browsers use the backend onnxruntime-web.')
    const loaded = await load()
    if (!('module' in loaded)) return loaded
    const runtime = loaded.module
    if (!runtime.listSupportedBackends().some(({ name }) => name === provider))
      return unavailable(`onnxruntime-node has no ${provider} on ${process.platform} ${process.arch}`, advice)
    if (library && !findLibrary(library)) return unavailable(`${library} is not installed`, advice)
    if (provider === 'cpu') {
      const direct = native ? await loadNativeRuntime() : undefined
      return { available: true, ...device([]), runtime: direct ?? runtime }
    }
    const trial = await attempt(provider)
    if (!trial.ran) return unavailable(trial.reason, advice)
    return { available: true, ...device(trial.drivers), runtime }
  }

  /** Failures are tried again. */
  async function found(): Promise<Found | Unavailable> {
    finding ??= find().catch((error: unknown) =>
      unavailable(error instanceof Error ? error.message.split('\n')[0]! : String(error), advice),
    )
    const result = await finding
    if (!result.available) finding = undefined
    return result
  }

  return {
    id,
    preference,
    // Browsers have an engine of their own.
    ...(nodeModule('os') && without && { without }),
    probe: async () => {
      const result = await found()
      if (!result.available) return result
      const { runtime: _, ...probe } = result
      return probe
    },
    open: async (program) => {
      const result = await found()
      if (!result.available)
        throw new SandglassError('backend', `the backend "${id}" cannot run here: ${result.reason}`, {
          advice: result.advice,
        })
      const { runtime } = result
      const { openCompiledSession } = await import('../session/compiled-session')
      return openCompiledSession(program, runtime, {
        id,
        device: result.device,
        provider,
        threads,
        parts: threads ?? coresUsable(),
        cores: coresAllowed(),
        state,
        kernels: provider === 'cpu',
        memory: memoryOfHost(),
      })
    },
  }
}
