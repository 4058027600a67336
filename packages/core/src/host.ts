// What the process around us is, without importing anything that browsers lack.

interface NodeModules {
  child_process: typeof import('node:child_process')
  fs: typeof import('node:fs')
  module: typeof import('node:module')
  os: typeof import('node:os')
  path: typeof import('node:path')
  util: typeof import('node:util')
}

/** One of Node's own modules, or nothing elsewhere. */
export function nodeModule<Id extends keyof NodeModules>(id: Id): NodeModules[Id] | undefined {
  const { process } = globalThis as { process?: NodeJS.Process }
  if (!process?.versions?.node) return undefined
  return process.getBuiltinModule?.(`node:${id}`) as NodeModules[Id] | undefined
}

/** `Intel Xeon …`, or what can be said in a browser. */
export function cpuName(): string {
  const os = nodeModule('os')
  if (!os) return "this browser's CPU"
  return os.cpus()[0]?.model.trim().replace(/\s+/g, ' ') || `${os.arch()} CPU`
}

/** How many cores this process may use, where that is known. */
export function coresUsable(): number | undefined {
  return nodeModule('os')?.availableParallelism() ?? globalThis.navigator?.hardwareConcurrency
}
