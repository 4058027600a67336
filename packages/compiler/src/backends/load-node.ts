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
): Promise<{ readonly module: Module } | Unavailable> {
  try {
    const module = (await load()) as { default?: Module }
    return { module: module.default ?? (module as Module) }
  } catch (error) {
    return unloadable(name, error)
  }
}

/** Why ONNX Runtime cannot be used, by what its import threw. */
export function unloadable(name: string, error: unknown): Unavailable {
  const text = (error instanceof Error ? error.message : String(error)).split('\n')[0]!
  return isMissingPackage(error, name)
    ? unavailable(`the package ${name} is not installed`, `Run: npm install ${name}`)
    : unavailable(
        `${name} cannot be loaded: ${text}`,
        `Reinstall it: npm install ${name}. It has no build for some platforms, such as Alpine Linux.`,
      )
}

export function loadNodeRuntime(
  // Not a literal, so that bundlers leave this native module alone.
  name = 'onnxruntime-node',
): Promise<{ readonly module: NodeRuntime } | Unavailable> {
  return importRuntime<NodeRuntime>(
    'onnxruntime-node',
    () => import(/* @vite-ignore */ /* webpackIgnore: true */ name),
  )
}
