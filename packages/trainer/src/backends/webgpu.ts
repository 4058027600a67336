import { define, nodeModule } from '@sandglass/core'
import { engine } from '@tensorflow/tfjs-core'
import { z } from 'zod'
import { startTfBackend } from '../eager/use-backend'
import { createEagerBackend, type Unavailable, unavailable } from './eager-backend'
import { missingPeer } from './missing-peer'
import { isSoftwareDevice, showDevice } from './software-device'

/** The parts of WebGPU that a probe uses. */
export interface Gpu {
  requestAdapter(options?: { powerPreference?: 'high-performance' }): Promise<Adapter | null>
}

interface Adapter {
  readonly info?: AdapterInfo
}

export interface AdapterInfo {
  readonly vendor?: string
  readonly architecture?: string
  readonly device?: string
  readonly description?: string
  readonly isFallbackAdapter?: boolean
}

type Dawn = typeof import('webgpu')

/** The GPU through WebGPU: that of the browser, or in Node that of the package webgpu (Dawn: Vulkan, Metal or D3D12). */
export const webgpu = define('backend', {
  type: 'webgpu',
  description: 'the GPU through WebGPU, in browsers and in Node (with the package webgpu)',
  aliases: { type: ['gpu'] },
  schema: z.strictObject({}),
  build: () =>
    createEagerBackend({
      id: 'webgpu',
      preference: 30,
      load: async () => {
        const gpu = await findGpu()
        if ('available' in gpu) return gpu
        const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' })
        if (!adapter)
          return unavailable(
            'WebGPU finds no GPU',
            nodeModule('os')
              ? "On Linux install the Vulkan loader (libvulkan1) and your GPU's Vulkan driver; elsewhere update the graphics driver."
              : 'Switch hardware acceleration on in the browser, or use webgl or wasm.',
          )
        // Only now, because it registers itself at import if there is a GPU, and never again.
        const peer = await importPackage()
        if (!('module' in peer)) return peer
        if (!engine().findBackendFactory('webgpu'))
          return unavailable(
            '@tensorflow/tfjs-backend-webgpu was imported before there was a GPU',
            'Leave its import to this backend.',
          )
        await startTfBackend('webgpu')
        return { available: true, tfBackend: 'webgpu', ...describeAdapter(adapter.info ?? {}) }
      },
    }),
})

/** How an adapter is reported. */
export function describeAdapter(info: AdapterInfo): { device: string; software: boolean } {
  const { vendor, architecture, device, description, isFallbackAdapter } = info
  const name =
    description ||
    [vendor, architecture, device].filter(Boolean).join(' ') ||
    'a GPU that does not give its name'
  const software = isFallbackAdapter === true || isSoftwareDevice(`${name} ${architecture}`)
  return { device: showDevice('WebGPU', name, software), software }
}

async function findGpu(): Promise<Gpu | Unavailable> {
  const present = (globalThis.navigator as { gpu?: Gpu } | undefined)?.gpu
  if (present) return present
  if (!nodeModule('os'))
    return unavailable(
      'this browser offers no WebGPU',
      'Use a recent browser over https or localhost, or webgl.',
    )
  // Not a literal, so that bundlers leave this native module alone.
  const dawn = 'webgpu'
  try {
    return installGpu((await import(/* @vite-ignore */ /* webpackIgnore: true */ dawn)) as Dawn)
  } catch (error) {
    return missingPeer(dawn, error)
  }
}

/** Makes Node look to tfjs like a browser with WebGPU, leaving alone what is there already. */
function installGpu({ create, globals }: Dawn): Gpu {
  for (const [name, value] of Object.entries(globals))
    if (!(name in globalThis))
      Object.defineProperty(globalThis, name, { value, configurable: true, writable: true })
  if (typeof globalThis.navigator === 'undefined')
    Object.defineProperty(globalThis, 'navigator', {
      value: { userAgent: 'Node.js' },
      configurable: true,
      writable: true,
    })
  const gpu = create([]) as Gpu
  Object.defineProperty(globalThis.navigator, 'gpu', { value: gpu, configurable: true })
  return gpu
}

async function importPackage() {
  try {
    return { module: await import('@tensorflow/tfjs-backend-webgpu') }
  } catch (error) {
    return missingPeer('@tensorflow/tfjs-backend-webgpu', error)
  }
}
