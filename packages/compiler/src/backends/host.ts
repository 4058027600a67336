import { nodeModule } from '@sandglass/core'

type Os = typeof import('node:os')

/**
 * How many cores this process may use, if they are fewer than there are. ONNX Runtime would take as many threads as there
 * are cores, and those that share one spin while they wait for each other: steps twice as long, as measured.
 */
export function coresAllowed(
  os: Pick<Os, 'availableParallelism' | 'cpus'> | undefined = nodeModule<Os>('os'),
): number | undefined {
  const allowed = os?.availableParallelism()
  return allowed !== undefined && allowed < os!.cpus().length ? allowed : undefined
}

/** Bytes that this process may use, where that is known. */
export function memoryOfHost(): number | undefined {
  const os = nodeModule<Os>('os')
  if (!os) return undefined
  const limit = process.constrainedMemory?.() ?? 0
  return limit > 0 ? Math.min(limit, os.totalmem()) : os.totalmem()
}
