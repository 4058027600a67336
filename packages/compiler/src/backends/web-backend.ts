import { type Backend, define, nodeModule, type Probe, SandglassError } from '@sandglass/core'
import { z } from 'zod'
import type { Runtime } from '../session/runtime'
import { adapterDevice } from './graphics-device'
import { importRuntime, type Unavailable, unavailable, unloadable } from './load-node'

/** onnxruntime-web, as far as the backend needs it. */
interface WebRuntime extends Runtime {
  readonly env: { readonly wasm: { numThreads?: number; wasmPaths?: unknown } }
}

interface Gpu {
  requestAdapter(options?: object): Promise<{ readonly info?: Parameters<typeof adapterDevice>[0] } | null>
}

/**
 * ONNX Runtime without native code. In browsers: WebAssembly with SIMD, and threads where the page is cross-origin
 * isolated; or WebGPU, with the state in the GPU's memory. In Node: WebAssembly with SIMD and threads, for machines on
 * which onnxruntime-node cannot be installed.
 */
export const onnxruntimeWeb = define('backend', {
  type: 'onnxruntime-web',
  description:
    'training steps compiled to ONNX graphs, in WebAssembly: in browsers, and in Node without native code',
  schema: z.strictObject({
    device: z.enum(['wasm', 'webgpu']).default('wasm'),
    /** Threads of WebAssembly. Default: 1 in Node, where a second one made steps longer, as measured. */
    threads: z.int().positive().optional(),
    /** URL of the folder that holds onnxruntime-web's .wasm and .mjs files. By default the bundler's place for them. */
    wasmPaths: z.string().optional(),
  }),
  build: ({ device, threads, wasmPaths }): Backend => {
    let trying: Promise<Unavailable | undefined> | undefined
    const find = async (): Promise<{ probe: Available; runtime: WebRuntime } | Unavailable> => {
      const inNode = nodeModule('os') !== undefined
      if (inNode && device === 'webgpu')
        return unavailable(
          'WebGPU of onnxruntime-web is for browsers',
          'In Node use the backend onnxruntime-webgpu.',
        )
      if (typeof WebAssembly === 'undefined')
        return unavailable('this environment has no WebAssembly', 'Use the backend cpu.')
      const gpu = device === 'webgpu' ? await findAdapter() : undefined
      if (gpu && !('device' in gpu)) return gpu
      const loaded = inNode ? await importInNode() : await importPackage(device)
      if (!('module' in loaded)) return loaded
      const runtime = loaded.module
      const { wasm } = runtime.env
      if (wasmPaths !== undefined) wasm.wasmPaths = wasmPaths
      const count = inNode
        ? (threads ?? 1)
        : globalThis.crossOriginIsolated
          ? (threads ?? Math.min(4, Math.ceil((navigator.hardwareConcurrency || 1) / 2)))
          : 1
      wasm.numThreads = count
      if (!inNode) trying ??= tryInPage(runtime)
      const failed = await trying
      if (failed) return failed
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
        // Pages load the compiler only if they use it.
        const { openCompiledSession } = await import('../session/compiled-session')
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

/** The package's entry for Node. `name` is no literal, so that bundles for browsers do not hold it. */
async function importInNode(
  name = 'onnxruntime-web',
): Promise<{ readonly module: WebRuntime } | Unavailable> {
  return importRuntime<WebRuntime>(name, () => import(/* @vite-ignore */ /* webpackIgnore: true */ name))
}

/** Runs nothing, but starts it: where the page's server lacks its WebAssembly, that is when it fails. */
async function tryInPage({ InferenceSession }: Runtime): Promise<Unavailable | undefined> {
  try {
    const { tinyModel } = await import('./tiny-model')
    await (await InferenceSession.create(tinyModel())).release()
    return undefined
  } catch (error) {
    return unavailable(
      `onnxruntime-web did not start: ${error instanceof Error ? error.message : error}`,
      'Its .wasm file must lie where the page looks for it. Vite and webpack see to that, and so does esbuild with the plugin @chialab/esbuild-plugin-meta-url; or name its folder: { type: "onnxruntime-web", wasmPaths }.',
    )
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
