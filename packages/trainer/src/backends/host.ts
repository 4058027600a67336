// What the process around us is, without importing anything that browsers lack.

/** Node's `process`, which hands out Node's own modules; nothing elsewhere. */
export function nodeProcess(): NodeJS.Process | undefined {
  const { process } = globalThis as { process?: NodeJS.Process }
  return process?.versions?.node ? process : undefined
}

/** `Intel Xeon …`, or what can be said in a browser. */
export function cpuName(): string {
  const os = nodeProcess()?.getBuiltinModule('node:os')
  if (!os) return "this browser's CPU"
  return os.cpus()[0]?.model.trim().replace(/\s+/g, ' ') || `${os.arch()} CPU`
}

/** How many threads the machine runs at once. */
export function cpuCount(): number {
  return (
    nodeProcess()?.getBuiltinModule('node:os').availableParallelism() ??
    globalThis.navigator?.hardwareConcurrency ??
    1
  )
}
