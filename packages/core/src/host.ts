// What the process around us is, without importing anything that browsers lack.

type Os = typeof import('node:os')

/**
 * One of Node's own modules, or nothing elsewhere. Its type is for the caller to name, `typeof import('node:os')`: this
 * declaration must hold where there are no types of Node.
 */
export function nodeModule<Module extends object = object>(id: string): Module | undefined {
  const { process } = globalThis as { process?: NodeJS.Process }
  if (!process?.versions?.node) return undefined
  return process.getBuiltinModule?.(`node:${id}`) as Module | undefined
}

/** `Intel Xeon …`, or what can be said in a browser. */
export function cpuName(): string {
  const os = nodeModule<Os>('os')
  if (!os) return "this browser's CPU"
  return os.cpus()[0]?.model.trim().replace(/\s+/g, ' ') || `${os.arch()} CPU`
}

/** How many cores this process may use, where that is known. */
export function coresUsable(): number | undefined {
  return nodeModule<Os>('os')?.availableParallelism() ?? globalThis.navigator?.hardwareConcurrency
}
