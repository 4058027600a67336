import { define, nodeModule } from '@sandglass/core'
import { z } from 'zod'
import { startTfBackend } from '../eager/use-backend'
import { createEagerBackend, unavailable } from './eager-backend'
import { missingPeer } from './missing-peer'
import { isSoftwareDevice, showDevice } from './software-device'

/** The GPU of a browser through WebGL 2. */
export const webgl = define('backend', {
  type: 'webgl',
  description: 'the GPU through WebGL 2, in browsers',
  aliases: { type: ['gpu'] },
  schema: z.strictObject({}),
  build: () =>
    createEagerBackend({
      id: 'webgl',
      preference: 25,
      load: async () => {
        if (nodeModule('os'))
          return unavailable('WebGL needs a browser', 'In Node, use tensorflow, webgpu or wasm.')
        const name = rendererName()
        if (name === undefined)
          return unavailable(
            'this browser offers no WebGL 2',
            'Switch hardware acceleration on, or use wasm.',
          )
        const peer = await importPackage()
        if (!('module' in peer)) return peer
        await startTfBackend('webgl')
        const software = isSoftwareDevice(name)
        return {
          available: true,
          tfBackend: 'webgl',
          device: showDevice('WebGL 2', name, software),
          software,
        }
      },
    }),
})

/** What WebGL calls the device that draws, if there is any. */
function rendererName(): string | undefined {
  if (typeof OffscreenCanvas === 'undefined') return undefined
  const gl = new OffscreenCanvas(1, 1).getContext('webgl2')
  if (!gl) return undefined
  const unmasked = gl.getExtension('WEBGL_debug_renderer_info')
  const name = String(gl.getParameter(unmasked ? unmasked.UNMASKED_RENDERER_WEBGL : gl.RENDERER))
  // Browsers allow only a few contexts at a time.
  gl.getExtension('WEBGL_lose_context')?.loseContext()
  return name
}

async function importPackage() {
  try {
    return { module: await import('@tensorflow/tfjs-backend-webgl') }
  } catch (error) {
    return missingPeer('@tensorflow/tfjs-backend-webgl', error)
  }
}
