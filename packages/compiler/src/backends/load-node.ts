import { isMissingPackage } from '@sandglass/core'
import type { Runtime } from '../session/runtime'

export type Unavailable = { readonly available: false; readonly reason: string; readonly advice: string }

export function unavailable(reason: string, advice: string): Unavailable {
  return { available: false, reason, advice }
}

/** onnxruntime-node, as far as backends need it. */
export interface NodeRuntime extends Runtime {
  listSupportedBackends(): readonly { readonly name: string; readonly bundled: boolean }[]
}

/** Imports ONNX Runtime, or says why it cannot be. `load` stands in for the import in tests. */
export async function importRuntime<Module>(
  name: string,
  load: () => Promise<unknown>,
  install?: string,
): Promise<{ readonly module: Module } | Unavailable> {
  try {
    const module = (await load()) as { default?: Module }
    return { module: module.default ?? (module as Module) }
  } catch (error) {
    return unloadable(name, error, install)
  }
}

/** Why ONNX Runtime cannot be used, by what its import threw. */
export function unloadable(name: string, error: unknown, install = `npm install ${name}`): Unavailable {
  const text = (error instanceof Error ? error.message : String(error)).split('\n')[0]!
  return isMissingPackage(error, name)
    ? unavailable(`the package ${name} is not installed`, `Run: ${install}`)
    : unavailable(
        `${name} cannot be loaded: ${text}`,
        `Reinstall it: ${install}. It has no build for some platforms, such as Alpine Linux.`,
      )
}

/** Works everywhere: its install script only brings libraries for CUDA, and npm drops the package where that fails. */
export const INSTALL =
  'ONNXRUNTIME_NODE_INSTALL=skip npm install onnxruntime-node (on Windows: npx sandglass setup onnxruntime)'

export function loadNodeRuntime(
  // Not a literal, so that bundlers leave this native module alone.
  name = 'onnxruntime-node',
): Promise<{ readonly module: NodeRuntime } | Unavailable> {
  return importRuntime<NodeRuntime>(
    'onnxruntime-node',
    () => import(/* @vite-ignore */ /* webpackIgnore: true */ name),
    INSTALL,
  )
}
