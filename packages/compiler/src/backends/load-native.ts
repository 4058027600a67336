import { nodeModule } from '@sandglass/core'
import type { Runtime } from '../session/runtime'
import { findLibrary } from './library'
import { openNativeApi } from './native-api'
import { createNativeRuntime } from './native-runtime'

/** What ONNX Runtime's shared library is called on Linux, macOS and Windows. */
export const LIBRARIES = ['libonnxruntime.so.1', 'libonnxruntime.1.dylib', 'onnxruntime.dll']

/**
 * onnxruntime-node's library through its C interface, or nothing where that cannot be: without koffi, which calls it,
 * or where a trial computes wrongly.
 */
export async function loadNativeRuntime(
  // Not a literal, so that bundlers leave this native module alone.
  name = 'koffi',
): Promise<Runtime | undefined> {
  try {
    const path = findLibrary(...LIBRARIES)
    if (!path || !nodeModule('os')) return undefined
    const koffi = await import(/* @vite-ignore */ /* webpackIgnore: true */ name)
    const runtime = createNativeRuntime(openNativeApi(koffi.default ?? koffi, path))
    return (await computes(runtime)) ? runtime : undefined
  } catch {
    return undefined
  }
}

async function computes({ InferenceSession, Tensor }: Runtime): Promise<boolean> {
  const { tinyModel } = await import('./tiny-model')
  const session = await InferenceSession.create(tinyModel())
  const x = new Tensor('float32', Float32Array.of(1, 2, 3, 4), [2, 2])
  const result = new Float32Array(4)
  await session.run({ x }, { y: new Tensor('float32', result, [2, 2]) })
  await session.release()
  return result.join() === '8,12,18,26'
}
