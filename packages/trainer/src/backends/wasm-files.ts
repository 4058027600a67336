import { nodeModule } from '@sandglass/core'
import { env } from '@tensorflow/tfjs-core'

type WasmPackage = typeof import('@tensorflow/tfjs-backend-wasm')

const PLAIN = 'tfjs-backend-wasm.wasm'
const SIMD = 'tfjs-backend-wasm-simd.wasm'
const THREADED = 'tfjs-backend-wasm-threaded-simd.wasm'

/**
 * Gives tfjs its WebAssembly where it would ask the page's server for it: bundlers do not know that the file is needed.
 * It lies in this package and is loaded like any code. Elsewhere, with another version of tfjs, and in browsers without
 * SIMD tfjs is left to find its own. Returns what frees the copy once it runs.
 *
 * It is the file for one thread: tfjs hands its other threads code as text, whose names do not survive a minifier, and
 * then waits for them forever.
 */
export async function provideWasm(tfjs: WasmPackage): Promise<() => void> {
  const nothing = () => undefined
  if (nodeModule('os') || !(await env().getAsync('WASM_HAS_SIMD_SUPPORT'))) return nothing
  const { default: packed, version } = await import(
    '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm'
  )
  if (version !== tfjs.version_wasm) return nothing
  const url = URL.createObjectURL(await unpack(packed))
  env().set('WASM_HAS_MULTITHREAD_SUPPORT', false)
  tfjs.setWasmPaths({ [PLAIN]: PLAIN, [SIMD]: url, [THREADED]: THREADED })
  return () => URL.revokeObjectURL(url)
}

async function unpack(packed: string): Promise<Blob> {
  const bytes = Uint8Array.from(atob(packed), (character) => character.charCodeAt(0))
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'))
  return new Response(stream, { headers: { 'content-type': 'application/wasm' } }).blob()
}
