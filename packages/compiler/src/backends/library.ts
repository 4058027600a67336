import { nodeModule } from '@sandglass/core'

/** The path of a file among the shared libraries of onnxruntime-node for this platform, if it is there. */
export function findLibrary(...names: readonly string[]): string | undefined {
  const fs = nodeModule<typeof import('node:fs')>('fs')
  const path = nodeModule<typeof import('node:path')>('path')
  const modules = nodeModule<typeof import('node:module')>('module')
  if (!fs || !path || !modules) return undefined
  const entry = modules.createRequire(import.meta.url).resolve('onnxruntime-node')
  const folder = path.join(path.dirname(entry), '..', 'bin', 'napi-v6', process.platform, process.arch)
  return names.map((name) => path.join(folder, name)).find((file) => fs.existsSync(file))
}
