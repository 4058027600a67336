import { cpuName, define, registerMissingKernels } from '@sandglass/core'
import { env } from '@tensorflow/tfjs-core'
import { z } from 'zod'
import { startTfBackend } from '../eager/use-backend'
import { createEagerBackend, unavailable } from './eager-backend'
import { missingPeer } from './missing-peer'
import { provideWasm } from './wasm-files'

/**
 * WebAssembly. Kernels that tfjs lacks here (the gradients of convolutions' weights and of `gather`) or has wrong (that
 * of max pooling, convolutions with wide strides) are registered when it starts. One thread in Node, where tfjs cannot
 * start more.
 */
export const wasm = define('backend', {
  type: 'wasm',
  description: 'WebAssembly, several times faster than cpu',
  aliases: { type: ['webassembly'] },
  schema: z.strictObject({
    /** URL of a folder with tfjs's .wasm files, for browsers in place of those inside this package. */
    path: z.string().optional(),
  }),
  build: ({ path }) =>
    createEagerBackend({
      id: 'wasm',
      preference: 20,
      load: async () => {
        if (typeof WebAssembly === 'undefined')
          return unavailable('this environment has no WebAssembly', 'Use the backend cpu.')
        const peer = await importPackage()
        if (!('module' in peer)) return peer
        if (path !== undefined) peer.module.setWasmPaths(path)
        const started = path === undefined ? await provideWasm(peer.module) : undefined
        await startTfBackend('wasm').finally(started)
        registerMissingKernels('wasm')
        const simd = await env().getAsync('WASM_HAS_SIMD_SUPPORT')
        const threads = (await env().getAsync('WASM_HAS_MULTITHREAD_SUPPORT'))
          ? peer.module.getThreadsCount()
          : 1
        const count = threads === 1 ? '1 thread' : `${threads} threads`
        const device = `WebAssembly${simd ? ' SIMD' : ''}, ${count}, ${cpuName()}`
        return { available: true, tfBackend: 'wasm', device }
      },
    }),
})

async function importPackage() {
  try {
    return { module: await import('@tensorflow/tfjs-backend-wasm') }
  } catch (error) {
    return missingPeer('@tensorflow/tfjs-backend-wasm', error)
  }
}
