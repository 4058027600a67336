import { openSession, type Program, type Session } from '@sandglass/core'
import { openCompiledEngine } from './compiled-engine'
import type { Runtime } from './runtime'
import type { RuntimeOptions } from './runtime-options'

export interface CompiledSessionOptions extends RuntimeOptions {
  readonly id: string
  readonly device: string
  /** Whether to compile elementwise work into kernels of WebAssembly, which need state in place. */
  readonly kernels?: boolean
}

/**
 * A session whose every step is one call of one graph, or of two where sessions train together. A step takes over what
 * it made only when all of it succeeded, so that a failed one changes nothing; and where the runtime writes in place,
 * nothing is copied.
 *
 * @throws SandglassError `spec` when optimizers do not fit the objectives
 */
export function openCompiledSession(
  program: Program,
  runtime: Runtime,
  { id, device, kernels, ...options }: CompiledSessionOptions,
): Promise<Session> {
  return openSession(program, { id, device }, (initial) =>
    openCompiledEngine(program, runtime, { ...options, kernels }, initial),
  )
}
