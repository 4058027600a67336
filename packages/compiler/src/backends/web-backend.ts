import { type Backend, define, nodeModule, type Probe, SandglassError } from '@sandglass/core'
import { z } from 'zod'
import { openCompiledSession } from '../session/compiled-session'
import type { Runtime } from '../session/runtime'
import { adapterDevice } from './graphics-device'
import { type Unavailable, unavailable, unloadable } from './load-node'

/** onnxruntime-web, as far as the backend needs it. */
interface WebRuntime extends Runtime {
  readonly env: { readonly wasm: { numThreads?: number; wasmPaths?: unknown } }
}

interface Gpu {
  requestAdapter(options?: object): Promise<{ readonly info?: Parameters<typeof adapterDevice>[0] } | null>
}

/**
 * ONNX Runtime in browsers: WebAssembly with SIMD, and threads where the page is cross-origin isolated; or WebGPU, with
 * the state in the GPU's memory.
 */
export const onnxruntimeWeb = define('backend', {
  type: 'onnxruntime-web',
  description: 'training steps compiled to ONNX graphs, in browsers',
  schema: z.strictObject({
    device: z.enum(['wasm', 'webgpu']).default('wasm'),
    /** Threads of WebAssembly. */
    threads: z.int().positive().optional(),
    /** URL of the folder that holds onnxruntime-web's .wasm and .mjs files. By default the bundler's place for them. */
    wasmPaths: z.string().optional(),
  }),
  build: ({ device, threads, wasmPaths }): Backend => {
    const find = async (): Promise<{ probe: Available; runtime: WebRuntime } | Unavailable> => {
      if (nodeModule('os'))
        return unavailable('onnxruntime-web is for browsers', 'In Node use the backend onnxruntime.')
      if (typeof WebAssembly === 'undefined')
        return unavailable('this environment has no WebAssembly', 'Use the backend cpu.')
      const gpu = device === 'webgpu' ? await findAdapter() : undefined
      if (gpu && !('device' in gpu)) return gpu
      const loaded = await importPackage(device)
      if (!('module' in loaded)) return loaded
      const runtime = loaded.module
      const { wasm } = runtime.env
      if (wasmPaths !== undefined) wasm.wasmPaths = wasmPaths
      const count = globalThis.crossOriginIsolated
        ? (threads ?? Math.min(4, Math.ceil((navigator.hardwareConcurrency || 1) / 2)))
        : 1
      wasm.numThreads = count
      return {
        probe: {
          available: true,
          ...(gpu ?? { device: `WebAssembly SIMD, ${count === 1 ? '1 thread' : `${count} threads`}` }),
        },
        runtime,
      }
    }
    return {
      id: 'onnxruntime-web',
      preference: device === 'webgpu' ? 60 : 90,
      probe: async () => {
        const found = await find()
        return 'probe' in found ? found.probe : found
      },
      open: async (program) => {
        const found = await find()
        if (!('probe' in found))
          throw new SandglassError(
            'backend',
            `the backend "onnxruntime-web" cannot run here: ${found.reason}`,
            { advice: found.advice },
          )
        return openCompiledSession(program, found.runtime, {
          id: 'onnxruntime-web',
          device: found.probe.device,
          provider: device,
          state: device === 'webgpu' ? 'gpu-buffer' : 'returned',
        })
      },
    }
  },
})

type Available = Extract<Probe, { available: true }>

/** The import stands within `try` itself: only then do webpack and esbuild bundle without the package. */
async function importPackage(
  device: 'wasm' | 'webgpu',
): Promise<{ readonly module: WebRuntime } | Unavailable> {
  try {
    const module =
      device === 'webgpu' ? await import('onnxruntime-web/webgpu') : await import('onnxruntime-web/wasm')
    return { module: module as unknown as WebRuntime }
  } catch (error) {
    return unloadable('onnxruntime-web', error)
  }
}

async function findAdapter() {
  const { gpu } = globalThis.navigator as { gpu?: Gpu }
  if (!gpu)
    return unavailable(
      'this browser offers no WebGPU',
      'Use a recent browser over https or localhost, or the device wasm.',
    )
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' })
  if (!adapter)
    return unavailable(
      'WebGPU finds no GPU',
      'Switch hardware acceleration on in the browser, or use the device wasm.',
    )
  return adapterDevice(adapter.info ?? {})
}
