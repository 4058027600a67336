// What the process around us is, without importing anything that browsers lack.

/** One of Node's own modules, or nothing elsewhere. */
export function nodeModule<Id extends 'child_process' | 'module' | 'os' | 'util'>(
  id: Id,
): NodeModules[Id] | undefined {
  const { process } = globalThis as { process?: NodeJS.Process }
  return process?.versions?.node ? (process.getBuiltinModule?.(`node:${id}`) as NodeModules[Id]) : undefined
}

interface NodeModules {
  child_process: typeof import('node:child_process')
  module: typeof import('node:module')
  os: typeof import('node:os')
  util: typeof import('node:util')
}

export function inNode(): boolean {
  return nodeModule('os') !== undefined
}

/** `Intel Xeon …`, or what can be said in a browser. */
export function cpuName(): string {
  const os = nodeModule('os')
  if (!os) return "this browser's CPU"
  return os.cpus()[0]?.model.trim().replace(/\s+/g, ' ') || `${os.arch()} CPU`
}

/** How many threads the machine runs at once. */
export function cpuCount(): number {
  return nodeModule('os')?.availableParallelism() ?? globalThis.navigator?.hardwareConcurrency ?? 1
}
